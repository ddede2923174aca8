import type { UserCtx } from '../../platform/context.ts';
import { AppError } from '../../platform/errors.ts';
import { decodeCursor, encodeCursor } from '../../platform/http/cursor.ts';
import { readStrips, toDiscovery } from '../discovery/index.ts';
import { countUnreadMessages } from '../messages/index.ts';
import { countUnreadNotifications } from '../notifications/index.ts';
import { loadPostCards } from '../posts/index.ts';
import { findWriteNext, readFollowed, readSuggested } from './queries.ts';

type Page = { cursor?: string | undefined; limit: number };
type Place = { phase: Phase; before: string };
type Phase = 'followed' | 'suggested';
type Entry = { id: string; isSuggested: boolean };
type Found = { entries: Entry[]; next: Place | undefined };

const LIST = 'feed';
/** Above every id. */
const NEWEST = (2n ** 63n - 1n).toString();

/**
 * The home feed: what I follow, newest first, and after its end what comes from my school and field. The two are
 * disjoint and each is walked by id, so what others write or delete meanwhile neither repeats nor hides a post.
 */
export async function readFeed(ctx: UserCtx, page: Page) {
  const isFirst = page.cursor === undefined;
  const place = readPlace(page.cursor);
  const [{ items, next }, head] = await Promise.all([
    readPage(ctx, place, page.limit, isFirst),
    isFirst ? readHead(ctx) : null,
  ]);
  return { items, nextCursor: next ? encodeCursor(LIST, [next.phase, next.before]) : null, head };
}

async function readPage(ctx: UserCtx, place: Place, limit: number, isFirst: boolean) {
  const { entries, next } = await findEntries(ctx, place, limit, isFirst);
  const suggestedIds = new Set(entries.filter(({ isSuggested }) => isSuggested).map(({ id }) => id));
  const cards = await loadPostCards(
    ctx,
    entries.map(({ id }) => id),
  );
  return { items: cards.map((card) => ({ ...card, isSuggested: suggestedIds.has(card.id) })), next };
}

async function readHead(ctx: UserCtx) {
  const [strips, writeNext, notifications, messages] = await Promise.all([
    readStrips(ctx),
    findWriteNext(ctx),
    countUnreadNotifications(ctx),
    countUnreadMessages(ctx),
  ]);
  return {
    strips: {
      news: strips.news.map(toDiscovery),
      video: strips.video.map(toDiscovery),
      blog: strips.blog.map(toDiscovery),
    },
    writeNext,
    unread: { notifications, messages },
  };
}

function readPlace(cursor: string | undefined): Place {
  const [phase, before] = decodeCursor(LIST, cursor, ['text', 'id']) ?? ['followed', NEWEST];
  if (phase !== 'followed' && phase !== 'suggested') throw new AppError('invalid_cursor');
  return { phase, before };
}

/**
 * Most pages hold nothing suggested, so suggestions are read only where what I follow ends. The first page has a round
 * trip to spare for them and is topped up; a later one is short there, and the next one goes on with suggestions.
 */
async function findEntries(ctx: UserCtx, place: Place, limit: number, isFirst: boolean): Promise<Found> {
  const followed = place.phase === 'followed' ? await readFollowed(ctx, place.before, limit + 1) : [];
  if (followed.length > limit) return mergePhases(followed, [], limit);
  const isSeam = place.phase === 'followed' && !isFirst;
  if (isSeam) return { ...mergePhases(followed, [], limit), next: { phase: 'suggested', before: NEWEST } };
  const before = place.phase === 'suggested' ? place.before : NEWEST;
  return mergePhases(followed, await readSuggested(ctx, before, limit + 1), limit);
}

/** Cuts two lists, each of up to `limit + 1` ids, to one page, and says where the next one starts. */
export function mergePhases(followed: string[], suggested: string[], limit: number): Found {
  const main = followed.slice(0, limit);
  const rest = limit - main.length;
  const topUp = suggested.slice(0, rest);
  const entries = [
    ...main.map((id) => ({ id, isSuggested: false })),
    ...topUp.map((id) => ({ id, isSuggested: true })),
  ];
  return { entries, next: findNext(followed, suggested, main, topUp) };
}

function findNext(
  followed: string[],
  suggested: string[],
  main: string[],
  topUp: string[],
): Place | undefined {
  if (followed.length > main.length) return { phase: 'followed', before: main.at(-1) ?? NEWEST };
  if (suggested.length > topUp.length) return { phase: 'suggested', before: topUp.at(-1) ?? NEWEST };
  return undefined;
}
