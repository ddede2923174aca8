import { and, desc, eq, gt, lt, or, sql, type SQL } from 'drizzle-orm';
import type { MySqlColumn } from 'drizzle-orm/mysql-core';
import type { Ctx, UserCtx } from '../../platform/context.ts';
import { prepareQuery } from '../../platform/db/prepare-query.ts';
import { AppError } from '../../platform/errors.ts';
import { decodeCursor, toPage } from '../../platform/http/cursor.ts';
import { users } from '../../schema/accounts.ts';
import { discoveries, discoveryStrips, discoveryTags, type DiscoveryKind } from '../../schema/discovery.ts';
import { postTags, tags } from '../../schema/posts.ts';
import type { DiscoveryRow } from './view.ts';

export const KINDS = ['news', 'video', 'blog'] as const satisfies readonly DiscoveryKind[];
/** Of each kind in a strip. */
export const STRIP_LENGTH = 10;
/** The tags that stand for a person. */
const OWN_TAGS = 20;

const COLUMNS = {
  id: discoveries.id,
  kind: discoveries.kind,
  source: discoveries.source,
  title: discoveries.title,
  author: discoveries.author,
  url: discoveries.url,
  pictureUrl: discoveries.pictureUrl,
  channelId: discoveries.channelId,
  channelPictureUrl: discoveries.channelPictureUrl,
  durationSeconds: discoveries.durationSeconds,
  publishedAt: discoveries.publishedAt,
};

type ListQuery = {
  kind: DiscoveryKind;
  tag?: string | undefined;
  cursor?: string | undefined;
  limit: number;
};

/** What has been found of a kind, for one tag or for any, newest first. Throws `tag_not_found`. */
export async function listDiscoveries(ctx: Ctx, query: ListQuery) {
  const list = `discoveries ${query.kind} #${query.tag ?? ''}`;
  const [sortAt, id] = decodeCursor(list, query.cursor, ['number', 'id']) ?? [];
  const place = sortAt === undefined || id === undefined ? undefined : { sortAt: new Date(sortAt), id };
  const rows =
    query.tag === undefined
      ? await readNewest(ctx, query, place)
      : await readOfTag(ctx, query, query.tag, place);
  return toPage(rows, query.limit, list, (row) => [row.sortAt.getTime(), row.id]);
}

type Place = { sortAt: Date; id: string } | undefined;

function readNewest(ctx: Ctx, { kind, limit }: ListQuery, place: Place) {
  return ctx.deps.db
    .select({ ...COLUMNS, sortAt: discoveries.sortAt })
    .from(discoveries)
    .where(and(eq(discoveries.kind, kind), isBehind(discoveries.sortAt, discoveries.id, place), isAlive(ctx)))
    .orderBy(desc(discoveries.sortAt), desc(discoveries.id))
    .limit(limit + 1);
}

async function readOfTag(ctx: Ctx, { kind, limit }: ListQuery, name: string, place: Place) {
  const { db } = ctx.deps;
  const [rows, [tag]] = await Promise.all([
    db
      .select({ ...COLUMNS, sortAt: discoveries.sortAt })
      .from(tags)
      .innerJoin(discoveryTags, and(eq(discoveryTags.tagId, tags.id), eq(discoveryTags.kind, kind)))
      .innerJoin(discoveries, eq(discoveries.id, discoveryTags.discoveryId))
      .where(
        and(
          eq(tags.name, name),
          isBehind(discoveryTags.sortAt, discoveryTags.discoveryId, place),
          isAlive(ctx),
        ),
      )
      .orderBy(desc(discoveryTags.sortAt), desc(discoveryTags.discoveryId))
      .limit(limit + 1),
    db.select({ id: tags.id }).from(tags).where(eq(tags.name, name)),
  ]);
  if (!tag) throw new AppError('tag_not_found');
  return rows;
}

function isBehind(sortAt: MySqlColumn, id: MySqlColumn, place: Place): SQL | undefined {
  return place && or(lt(sortAt, place.sortAt), and(eq(sortAt, place.sortAt), lt(id, place.id)));
}

/** What is past its time may still wait for the nightly sweep. */
function isAlive(ctx: Ctx): SQL {
  return gt(discoveries.expiresAt, ctx.deps.clock.now());
}

export type Strips = Record<DiscoveryKind, DiscoveryRow[]>;

/** The strips of the feed: for the viewer's own tags, then for their field, then for everybody. One statement. */
export async function readStrips({ deps, actor }: UserCtx): Promise<Strips> {
  const rows = await findStrips(deps.db, { userId: actor.userId, now: deps.clock.now() });
  const ofKind = (kind: DiscoveryKind) => rows.filter((row) => row.kind === kind);
  return { news: ofKind('news'), video: ofKind('video'), blog: ofKind('blog') };
}

const me = sql.placeholder('userId');

const ownTags = sql`select ${postTags.tagId} as tag_id from ${postTags} where ${postTags.authorId} = ${me} group by ${postTags.tagId} order by count(*) desc, tag_id desc limit ${OWN_TAGS}`;

function newestOfOwnTags(kind: DiscoveryKind): SQL {
  return sql`(select 0 as scope, ${discoveryTags.discoveryId} as id, -unix_timestamp(max(${discoveryTags.sortAt})) as place
    from own inner join ${discoveryTags} on ${discoveryTags.tagId} = own.tag_id
    where ${discoveryTags.kind} = ${kind}
    group by ${discoveryTags.discoveryId} order by place, id desc limit ${STRIP_LENGTH})`;
}

const forEverybody = sql`(select if(${discoveryStrips.fieldId} = 0, 2, 1), ${discoveryStrips.discoveryId}, ${discoveryStrips.position}
  from ${discoveryStrips}
  where ${discoveryStrips.fieldId} in (0, (select ${users.fieldId} from ${users} where ${users.id} = ${me})))`;

/** Each thing once, at its best place; what is over has none. */
const ranked = sql`with own as (${ownTags}),
  found as (${sql.join([...KINDS.map(newestOfOwnTags), forEverybody], sql` union all `)})
  select ${discoveries.id} as id, row_number() over (partition by ${discoveries.kind} order by min(found.scope), min(found.place), ${discoveries.id} desc) as place
  from found inner join ${discoveries} on ${discoveries.id} = found.id
  where ${gt(discoveries.expiresAt, sql.placeholder('now'))}
  group by ${discoveries.id}`;

const findStrips = prepareQuery((db) =>
  db
    .select(COLUMNS)
    .from(sql`(${ranked}) as ranked`)
    .innerJoin(discoveries, eq(discoveries.id, sql`ranked.id`))
    .where(sql`ranked.place <= ${STRIP_LENGTH}`)
    .orderBy(sql`ranked.place`),
);
