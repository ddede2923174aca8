import { inArray } from 'drizzle-orm';
import type { SystemCtx } from '../../platform/context.ts';
import { defineReaction, type Event, type Reaction } from '../../platform/events.ts';
import { enqueue } from '../../platform/jobs/enqueue.ts';
import { posts, postTags } from '../../schema/posts.ts';
import { accountCreated, accountLeft, accountRecertified, accountRestored } from '../account/index.ts';
import { careerEdited } from '../careers/index.ts';
import { personFollowed, personUnfollowed } from '../follows/index.ts';
import { postCreated, postDeleted, postEdited } from '../posts/index.ts';
import { profileEdited } from '../profile/index.ts';
import { searchRebuildAsked } from './events.ts';
import { noteChanges, notePosts, type Change } from './note-changes.ts';
import { startRebuilds } from './rebuild.ts';
import { syncSearch } from './sync.ts';

/** The job finds what was noted by itself: any number of events need one. */
async function askForSync(ctx: SystemCtx, events: readonly Event[]): Promise<void> {
  const cause = `${events[0]?.id ?? ''}:${events.length}:${events.at(-1)?.id ?? ''}`;
  await enqueue(ctx, syncSearch, [{ cause }]);
}

function peopleOf(ids: Iterable<string>): Change[] {
  return [...new Set(ids)].map((id) => ({ kind: 'people', id }));
}

const people = defineReaction({
  name: 'search.people',
  on: [accountCreated, profileEdited, accountRecertified],
  async run(ctx, events) {
    await noteChanges(ctx, peopleOf(events.map(({ payload }) => payload.userId)));
    await askForSync(ctx, events);
  },
});

/** With a person go their posts, and come back. */
const comingAndGoing = defineReaction({
  name: 'search.coming_and_going',
  on: [accountLeft, accountRestored],
  async run(ctx, events) {
    const userIds = [...new Set(events.map(({ payload }) => payload.userId))];
    await noteChanges(ctx, peopleOf(userIds));
    await notePosts(ctx, inArray(posts.authorId, userIds));
    await askForSync(ctx, events);
  },
});

/** Only a tie is broken by how many follow somebody: no message for each, the next sync takes them along. */
const followers = defineReaction({
  name: 'search.followers',
  on: [personFollowed, personUnfollowed],
  run: (ctx, events) => noteChanges(ctx, peopleOf(events.map(({ payload }) => payload.followeeId))),
});

type PostEvent = Event<{ postId: string; authorId: string }>;

/** A post, its author (whose tags are searched) and its tags. */
async function notePostsWithTags(
  ctx: SystemCtx,
  events: readonly PostEvent[],
  removedTagIds: readonly string[],
): Promise<void> {
  const postIds = [...new Set(events.map(({ payload }) => payload.postId))];
  const rows = await ctx.deps.db
    .selectDistinct({ tagId: postTags.tagId })
    .from(postTags)
    .where(inArray(postTags.postId, postIds));
  const tagIds = new Set([...rows.map(({ tagId }) => tagId), ...removedTagIds]);
  await noteChanges(ctx, [
    ...postIds.map((id): Change => ({ kind: 'posts', id })),
    ...peopleOf(events.map(({ payload }) => payload.authorId)),
    ...[...tagIds].map((id): Change => ({ kind: 'tags', id })),
  ]);
  await askForSync(ctx, events);
}

const written = defineReaction({
  name: 'search.posts',
  on: [postCreated, postDeleted],
  run: (ctx, events) => notePostsWithTags(ctx, events, []),
});

const edited = defineReaction({
  name: 'search.edited_posts',
  on: [postEdited],
  run: (ctx, events) =>
    notePostsWithTags(
      ctx,
      events,
      events.flatMap(({ payload }) => payload.removedTagIds),
    ),
});

/** Posts are found by the name of their career. */
const renamedCareers = defineReaction({
  name: 'search.renamed_careers',
  on: [careerEdited],
  async run(ctx, events) {
    const careerIds = [...new Set(events.map(({ payload }) => payload.careerId))];
    await notePosts(ctx, inArray(posts.careerId, careerIds));
    await askForSync(ctx, events);
  },
});

const rebuild = defineReaction({
  name: 'search.rebuild',
  on: [searchRebuildAsked],
  run: (ctx, events) => startRebuilds(ctx, [...new Set(events.flatMap(({ payload }) => payload.kinds))]),
});

export const searchReactions: readonly Reaction[] = [
  people,
  comingAndGoing,
  followers,
  written,
  edited,
  renamedCareers,
  rebuild,
];
