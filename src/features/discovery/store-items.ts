import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Ctx, SystemCtx } from '../../platform/context.ts';
import { isDuplicateKey } from '../../platform/db/errors.ts';
import { inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { discoveries, discoveryIdentities, discoveryTags } from '../../schema/discovery.ts';
import { expiryOf } from './expiry.ts';
import { completeItem, foldItems } from './reading/fold-items.ts';
import type { Dropped, FoundItem, Source } from './source.ts';

/** How often a store begins anew because another stored the same things at the same moment. */
const MAX_ATTEMPTS = 5;

type Discovery = typeof discoveries.$inferSelect;

export type Stored = {
  /** Things that nobody had found before. */
  stored: number;
  /** Things that were there already, now found by this tag too, or again. */
  known: number;
  dropped: Dropped;
  /** All of them, with when each was first seen. */
  things: { url: string; firstSeenAt: Date }[];
};

/** Somebody else has stored or swept one of the things since they were looked up. */
class Overtaken extends Error {
  override name = 'Overtaken';
}

/**
 * Stores what a source gave for a tag: one row a thing, by its identities, linked to every tag that finds it. What is
 * known is refreshed. Of several that store the same thing at once, one writes it and the others find it known. A fixed
 * number of statements, however many items; running it again changes nothing.
 */
export async function storeItems(
  ctx: SystemCtx,
  source: Pick<Source, 'id' | 'kind'>,
  tagId: string,
  found: readonly FoundItem[],
): Promise<Stored> {
  const identified = found.filter(({ identities }) => identities.length > 0);
  const items = foldItems(identified);
  const result =
    items.length === 0
      ? { things: [], stored: 0, known: 0, repeated: 0, tooOld: 0 }
      : await tryUntilFirst(ctx, (tx) => writeItems(ctx, tx, source, tagId, items));
  const dropped = {
    repeated: identified.length - items.length + result.repeated,
    too_old: result.tooOld,
    no_id: found.length - identified.length,
  };
  return { things: result.things, stored: result.stored, known: result.known, dropped };
}

/** Completes things that are stored with what was read of them later. Those that are not (any more) are left out. */
export async function completeItems(
  ctx: SystemCtx,
  source: Pick<Source, 'id' | 'kind'>,
  found: readonly FoundItem[],
): Promise<void> {
  const items = foldItems(found.filter(({ identities }) => identities.length > 0));
  if (items.length === 0) return;
  await tryUntilFirst(ctx, async (tx) => {
    const finds = await findKnown(tx, items);
    const known = finds.flatMap(({ item, row: before }) =>
      before ? [{ before, row: completeRow(ctx, source, before, item) }] : [],
    );
    await writeRows(tx, known);
  });
}

async function tryUntilFirst<T>(ctx: SystemCtx, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inTransaction(ctx, work);
    } catch (error) {
      const isOvertaken = error instanceof Overtaken || isDuplicateKey(error, 'discovery_identities.PRIMARY');
      if (!isOvertaken || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

async function writeItems(
  ctx: SystemCtx,
  tx: Tx,
  source: Pick<Source, 'id' | 'kind'>,
  tagId: string,
  items: FoundItem[],
) {
  const now = ctx.deps.clock.now();
  const finds = await findKnown(tx, items, tagId);
  const rows = finds.map(({ row: before, ...find }) => ({
    ...find,
    before,
    row: before ? completeRow(ctx, source, before, find.item) : newRow(ctx, source, find.item),
  }));
  const living = rows.filter(({ row }) => row.expiresAt > now);
  await writeIdentities(
    tx,
    living.flatMap(({ row, unknown }) => unknown.map((identity) => ({ identity, discoveryId: row.id }))),
  );
  await writeRows(tx, living);
  await linkTag(
    tx,
    tagId,
    living.filter(({ isLinked }) => !isLinked).map(({ row }) => row),
  );
  const known = living.filter(({ before }) => before !== undefined).length;
  return {
    things: living.map(({ item, row }) => ({ url: item.url, firstSeenAt: row.firstSeenAt })),
    stored: living.length - known,
    known,
    repeated: items.length - finds.length,
    tooOld: rows.length - living.length,
  };
}

type Find = {
  item: FoundItem;
  /** The stored thing, held until the end of the transaction. */
  row: Discovery | undefined;
  /** Identities that are new. */
  unknown: string[];
  isLinked: boolean;
};

/** Finds each item among what is stored. Items that turn out to be one stored thing are made one. */
async function findKnown(tx: Tx, items: readonly FoundItem[], tagId = '0'): Promise<Find[]> {
  const known = await tx.db
    .select({
      identity: discoveryIdentities.identity,
      id: discoveryIdentities.discoveryId,
      linkedId: discoveryTags.discoveryId,
    })
    .from(discoveryIdentities)
    .leftJoin(
      discoveryTags,
      and(eq(discoveryTags.tagId, tagId), eq(discoveryTags.discoveryId, discoveryIdentities.discoveryId)),
    )
    .where(
      inArray(
        discoveryIdentities.identity,
        items.flatMap(({ identities }) => identities),
      ),
    );
  const byIdentity = new Map(known.map((row) => [row.identity, row]));
  const matches = matchItems(items, (identity) => byIdentity.get(identity)?.id);
  const rows = await lockRows(
    tx,
    matches.flatMap(({ id }) => id ?? []),
  );
  return matches.map(({ item, id }) => ({
    item,
    row: id === undefined ? undefined : rows.get(id),
    unknown: item.identities.filter((identity) => !byIdentity.has(identity)),
    isLinked: item.identities.some(
      (identity) => id !== undefined && byIdentity.get(identity)?.linkedId === id,
    ),
  }));
}

/** By its strongest identity that is known. */
function matchItems(
  items: readonly FoundItem[],
  idOf: (identity: string) => string | undefined,
): { item: FoundItem; id: string | undefined }[] {
  const matches = new Map<string | FoundItem, { item: FoundItem; id: string | undefined }>();
  for (const item of items) {
    const id = item.identities.map(idOf).find((known) => known !== undefined);
    const before = id === undefined ? undefined : matches.get(id);
    matches.set(id ?? item, { id, item: before ? completeItem(before.item, item) : item });
  }
  return [...matches.values()];
}

async function lockRows(tx: Tx, ids: string[]): Promise<Map<string, Discovery>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.db.select().from(discoveries).where(inArray(discoveries.id, ids)).for('update');
  // The sweep was faster.
  if (rows.length < ids.length) throw new Overtaken();
  return new Map(rows.map((row) => [row.id, row]));
}

function newRow(ctx: Ctx, { id, kind }: Pick<Source, 'id' | 'kind'>, item: FoundItem): Discovery {
  const now = ctx.deps.clock.now();
  const publishedAt = notLater(item.publishedAt, now);
  const sortAt = publishedAt ?? now;
  return {
    id: ctx.deps.ids.next(),
    kind,
    source: id,
    title: item.title,
    author: item.author,
    url: item.url,
    pictureUrl: item.pictureUrl,
    channelId: item.channelId ?? null,
    channelPictureUrl: item.channelPictureUrl ?? null,
    durationSeconds: item.durationSeconds ?? null,
    language: item.language,
    publishedAt,
    firstSeenAt: now,
    refreshedAt: now,
    expiresAt: expiryOf({ kind, sortAt, refreshedAt: now }),
    sortAt,
  };
}

/** The source that found it may change what it says; what others say fills gaps. */
function completeRow(
  ctx: Ctx,
  { id }: Pick<Source, 'id' | 'kind'>,
  row: Discovery,
  item: FoundItem,
): Discovery {
  const now = ctx.deps.clock.now();
  const isOwn = row.source === id;
  const choose = <T>(before: T | null, after: T | null | undefined): T | null =>
    isOwn ? (after ?? before) : (before ?? after ?? null);
  const publishedAt = row.publishedAt ?? notLater(item.publishedAt, now);
  const sortAt = publishedAt ?? row.firstSeenAt;
  return {
    ...row,
    title: isOwn ? item.title : row.title,
    author: choose(row.author, item.author),
    pictureUrl: choose(row.pictureUrl, item.pictureUrl),
    channelId: choose(row.channelId, item.channelId),
    channelPictureUrl: choose(row.channelPictureUrl, item.channelPictureUrl),
    durationSeconds: choose(row.durationSeconds, item.durationSeconds),
    language: choose(row.language, item.language),
    publishedAt,
    refreshedAt: now,
    expiresAt: expiryOf({ kind: row.kind, sortAt, refreshedAt: now }),
    sortAt,
  };
}

function notLater(at: Date | null, now: Date): Date | null {
  return at && at > now ? now : at;
}

/** Whoever writes an identity first decides which row the thing has; the others begin anew. */
async function writeIdentities(tx: Tx, rows: (typeof discoveryIdentities.$inferInsert)[]): Promise<void> {
  if (rows.length === 0) return;
  // In one order always, or two visits would wait for each other in a circle.
  await tx.db.insert(discoveryIdentities).values(rows.toSorted((a, b) => (a.identity < b.identity ? -1 : 1)));
}

async function writeRows(
  tx: Tx,
  changes: readonly { before: Discovery | undefined; row: Discovery }[],
): Promise<void> {
  if (changes.length === 0) return;
  const given = (column: keyof Discovery) => sql`values(${sql.identifier(discoveries[column].name)})`;
  await tx.db
    .insert(discoveries)
    .values(changes.map(({ row }) => row))
    .onDuplicateKeyUpdate({
      set: {
        title: given('title'),
        author: given('author'),
        pictureUrl: given('pictureUrl'),
        channelId: given('channelId'),
        channelPictureUrl: given('channelPictureUrl'),
        durationSeconds: given('durationSeconds'),
        language: given('language'),
        publishedAt: given('publishedAt'),
        refreshedAt: given('refreshedAt'),
        expiresAt: given('expiresAt'),
        sortAt: given('sortAt'),
      },
    });
  await moveOnPages(
    tx,
    changes.flatMap(({ before, row }) =>
      before && before.sortAt.getTime() !== row.sortAt.getTime() ? [row.id] : [],
    ),
  );
}

/** A date that has become known moves a thing on the pages of all its tags. */
async function moveOnPages(tx: Tx, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.db
    .update(discoveryTags)
    .set({
      sortAt: sql`(select ${discoveries.sortAt} from ${discoveries} where ${discoveries.id} = ${discoveryTags.discoveryId})`,
    })
    .where(inArray(discoveryTags.discoveryId, ids));
}

async function linkTag(tx: Tx, tagId: string, rows: Discovery[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.db
    .insert(discoveryTags)
    .ignore()
    .values(rows.map(({ id, kind, sortAt }) => ({ tagId, discoveryId: id, kind, sortAt })));
}
