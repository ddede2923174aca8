/**
 * How each list of the API comes to show somebody. The guard (relations.test.ts) takes every GET route whose answer has
 * `items`, fails when one has no entry here, and then holds each to the rule: people with a block between them never see
 * each other, and who has left or is suspended is seen by nobody.
 *
 * A new list is one entry, named by the route's id:
 *
 *     listLikesOfPost: async ({ make, other, third }) =>
 *       `/v1/posts/${await make.like(other, 'posts', await make.post(third))}/likes`,
 *
 * It brings about that `viewer` finds something of `other` in the list, and answers the list's path. `third` is for
 * whatever is needed of a bystander. What is looked for in the answer is other's id; where the list does not carry it,
 * answer `{ path, mark }`. A list that can show nobody, or must show the blocked, says why with `exempt`. Routes that
 * are no lists (a post with its first comments) may have entries too.
 */
import { expect } from 'vitest';
import type { AnyJson, TestApp } from '../harness/app.ts';
import { SEARCH_KINDS, type SearchKind } from '../../src/features/search/index.ts';
import { signUpPerson, type TestPerson } from '../harness/people.ts';
import { rankHere } from '../harness/ranking.ts';
import { buildSearch } from '../harness/search.ts';

export type Stage = { viewer: TestPerson; other: TestPerson; third: TestPerson; make: Make };
export type Place = { path: string; mark: string };
type Arrange = (stage: Stage) => Promise<string | Place>;
type Exempt = { why: string };

export const lists: Record<string, Arrange | Exempt> = {
  searchSchools: exempt('schools, no people'),
  searchDepartments: exempt('departments, no people'),
  listFields: exempt('fields, no people'),
  autocompleteTags: exempt('tags, no people'),
  listDiscoveries: exempt('pages of other sites, no people'),
  listSessions: exempt('only my own sessions'),
  listExports: exempt('only my own exports'),
  listBlocks: exempt('whom I blocked: this is where a block is lifted'),

  listNotificationPreferences: exempt('kinds, no people'),
  listMessages: exempt('a message says whether it is mine, never whose'),

  listDeadLetters: exempt('staff only, and about the engine room'),
  listSchedules: exempt('staff only, and about the engine room'),
  listScheduleRuns: exempt('staff only, and about the engine room'),
  listAuditLog: exempt('staff only, and about the engine room'),
  listDiscoveryRuns: exempt('staff only, and about the crawl'),
  listDiscoveryVisits: exempt('staff only, and about the crawl'),
  listRankingRuns: exempt('staff only, and about the engine room'),
  compareSchools: exempt('schools, no people'),
  compareFields: exempt('fields, no people'),

  listFollowers: async ({ make, other, third }) => `/v1/users/${await make.follow(other, third)}/followers`,
  listFollowings: async ({ make, other, third }) => {
    await make.follow(third, other);
    return `/v1/users/${third.userId}/following`;
  },

  listCareersOfUser: async ({ make, other }) => ({
    mark: await make.career(other),
    path: `/v1/users/${other.userId}/careers`,
  }),
  listCareerInvitations: async ({ make, other, viewer }) => {
    await make.invitation(other, viewer);
    return '/v1/me/career-invitations';
  },
  readCareer: async ({ make, other, third }) => `/v1/careers/${await make.group(third, other)}`,

  listPostsOfUser: async ({ make, other }) => {
    await make.post(other);
    return `/v1/users/${other.userId}/posts`;
  },
  listPostsOfCareer: async ({ make, other, third }) => {
    const careerId = await make.group(third, other);
    await make.post(other, { careerId });
    return `/v1/careers/${careerId}/posts`;
  },
  listComments: async ({ make, other, third }) => {
    const postId = await make.post(third);
    await make.comment(other, postId);
    return `/v1/posts/${postId}/comments`;
  },
  listReplies: async ({ make, other, third }) => {
    const commentId = await make.comment(third, await make.post(third));
    await make.reply(other, commentId);
    return `/v1/comments/${commentId}/replies`;
  },
  listLikesOfPost: async ({ make, other, third }) =>
    `/v1/posts/${await make.like(other, 'posts', await make.post(third))}/likes`,
  listLikesOfComment: async ({ make, other, third }) => {
    const commentId = await make.comment(third, await make.post(third));
    return `/v1/comments/${await make.like(other, 'comments', commentId)}/likes`;
  },
  listBookmarks: async ({ make, other, viewer }) => {
    await make.bookmark(viewer, await make.post(other));
    return '/v1/me/bookmarks';
  },
  listLikedPosts: async ({ make, other, viewer }) => {
    await make.like(viewer, 'posts', await make.post(other));
    return '/v1/me/likes';
  },
  readPost: async ({ make, other, third }) => {
    const postId = await make.post(third);
    await make.comment(other, postId);
    return `/v1/posts/${postId}`;
  },

  listPostsOfTag: async ({ make, other }) => {
    await make.post(other, { tags: ['안보일태그'] });
    return `/v1/tags/${encodeURIComponent('안보일태그')}/posts`;
  },
  listRanking: async ({ make, other }) => {
    await make.post(other);
    await make.ranking();
    return '/v1/rankings';
  },
  readRankingBoard: async ({ make, other, third }) => {
    const postId = await make.post(other);
    await make.like(third, 'posts', postId);
    await make.bookmark(third, postId);
    await make.comment(third, postId);
    await make.ranking();
    return '/v1/rankings/board';
  },
  readMyRank: async ({ make, other, viewer }) => {
    await make.post(other);
    await make.post(viewer);
    await make.ranking();
    return '/v1/rankings/me';
  },
  listNotifications: async ({ make, other, viewer }) => {
    await make.comment(other, await make.post(viewer));
    return '/v1/notifications';
  },
  listRooms: async ({ make, other, viewer }) => {
    await make.message(other, viewer);
    return '/v1/rooms';
  },

  searchEverything: async ({ make, other }) => {
    await make.index(...SEARCH_KINDS);
    return `/v1/search?q=${encodeURIComponent(other.name)}`;
  },
  searchPeople: async ({ make, other }) => {
    await make.index('people');
    return `/v1/search/people?q=${encodeURIComponent(other.name)}`;
  },
  searchPosts: async ({ make, other }) => {
    await make.post(other, { tags: [`찾는${other.userId}`] });
    await make.index('posts');
    return `/v1/search/posts?q=${encodeURIComponent(`찾는${other.userId}`)}`;
  },
  searchTags: exempt('tags, no people'),
  searchUniversities: exempt('schools, no people'),
  listRecentSearches: async ({ make, viewer, other }) => {
    await make.act(viewer, 'PUT', '/v1/me/recent-searches', { kind: 'person', targetId: other.userId });
    return '/v1/me/recent-searches';
  },

  readFeed: async ({ make, other, viewer }) => {
    await make.follow(viewer, other);
    await make.post(other);
    return '/v1/feed';
  },
};

function exempt(why: string): Exempt {
  return { why };
}

export type Make = ReturnType<typeof createMake>;

/** Three new people and what they can do, through the routes themselves. Each deed answers the id it is about. */
export async function setStage(app: TestApp): Promise<Stage> {
  const [viewer, other, third] = await Promise.all([signUpPerson(app), signUpPerson(app), signUpPerson(app)]);
  return { viewer, other, third, make: createMake(app) };
}

function createMake(app: TestApp) {
  async function act(who: TestPerson, method: string, path: string, body?: object): Promise<AnyJson> {
    const answer = await app.request(method, path, { token: who.token, body });
    expect(answer.status, `${method} ${path} ${JSON.stringify(answer.body)}`).toBeLessThan(300);
    return answer.body;
  }

  /** Answers whom. */
  async function follow(who: TestPerson, whom: TestPerson): Promise<string> {
    await act(who, 'PUT', `/v1/users/${whom.userId}/follow`);
    return whom.userId;
  }

  async function block(who: TestPerson, whom: TestPerson): Promise<void> {
    await act(who, 'PUT', `/v1/users/${whom.userId}/block`);
  }

  async function career(who: TestPerson, kind: 'personal' | 'group' = 'personal'): Promise<string> {
    return (await act(who, 'POST', '/v1/careers', { name: '기록', kind })).id;
  }

  /** A group of `who` that `whom` is asked into. */
  async function invitation(who: TestPerson, whom: TestPerson): Promise<string> {
    const careerId = await career(who, 'group');
    await follow(who, whom);
    await act(who, 'POST', `/v1/careers/${careerId}/invitations`, { userIds: [whom.userId] });
    return careerId;
  }

  /** A group of `who` that `whom` belongs to. */
  async function group(who: TestPerson, whom: TestPerson): Promise<string> {
    const careerId = await invitation(who, whom);
    await act(whom, 'PUT', `/v1/me/career-invitations/${careerId}`);
    return careerId;
  }

  async function post(
    who: TestPerson,
    content: { careerId?: string; tags?: string[] } = {},
  ): Promise<string> {
    const careerId = content.careerId ?? (await career(who));
    return (await act(who, 'POST', '/v1/posts', { text: '오늘의 기록', ...content, careerId })).id;
  }

  async function comment(who: TestPerson, postId: string): Promise<string> {
    return (await act(who, 'POST', `/v1/posts/${postId}/comments`, { text: '좋네요' })).id;
  }

  async function reply(who: TestPerson, commentId: string): Promise<string> {
    return (await act(who, 'POST', `/v1/comments/${commentId}/replies`, { text: '그러게요' })).id;
  }

  /** Answers what is liked. */
  async function like(who: TestPerson, kind: 'posts' | 'comments', id: string): Promise<string> {
    await act(who, 'PUT', `/v1/${kind}/${id}/like`);
    return id;
  }

  async function bookmark(who: TestPerson, postId: string): Promise<void> {
    await act(who, 'PUT', `/v1/posts/${postId}/bookmark`);
  }

  async function message(who: TestPerson, whom: TestPerson): Promise<void> {
    const { id } = await act(who, 'PUT', `/v1/users/${whom.userId}/room`);
    await act(who, 'POST', `/v1/rooms/${id}/messages`, { text: '안녕하세요' });
  }

  /** Builds a search index from what there is now; what happens afterwards it does not know. */
  function index(...kinds: SearchKind[]): Promise<void> {
    return buildSearch(app, kinds);
  }

  /** Ranks everybody by what there is now. */
  function ranking(): Promise<void> {
    return rankHere(app);
  }

  return {
    index,
    ranking,
    act,
    message,
    follow,
    block,
    career,
    invitation,
    group,
    post,
    comment,
    reply,
    like,
    bookmark,
  };
}
