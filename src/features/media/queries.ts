import { and, eq, isNull, or } from 'drizzle-orm';
import type { Ctx } from '../../platform/context.ts';
import { users } from '../../schema/accounts.ts';
import { media } from '../../schema/posts.ts';
import type { MediaKind } from './store-media.ts';

/** What serving an object needs to know. */
export type Servable = {
  kind: MediaKind;
  contentType: string;
  size: number;
  width: number | null;
  fileName: string | null;
};

type Remembered = { row: Servable; until: number };

/** How long an isolate goes on serving what was released meanwhile (milliseconds). */
const REMEMBER_MS = 60_000;
const REMEMBER_ROWS = 1000;

/**
 * The claimed object with this key, whose owner is still here: one statement, or none within a minute of the last. What
 * nobody has claimed is private, so it is not found either.
 */
export async function findServable(ctx: Ctx, key: string): Promise<Servable | undefined> {
  const { memory, clock } = ctx.deps;
  const now = clock.now().getTime();
  const remembered = (memory.get('media') ?? new Map()) as Map<string, Remembered>;
  memory.set('media', remembered);
  const known = remembered.get(key);
  if (known && known.until > now) return known.row;
  remembered.delete(key);
  const row = await readServable(ctx, key);
  if (!row) return undefined;
  const [oldest] = remembered.keys();
  if (remembered.size >= REMEMBER_ROWS && oldest !== undefined) remembered.delete(oldest);
  remembered.set(key, { row, until: now + REMEMBER_MS });
  return row;
}

async function readServable({ deps }: Ctx, key: string): Promise<Servable | undefined> {
  const [row] = await deps.db
    .select({
      kind: media.kind,
      contentType: media.contentType,
      size: media.size,
      width: media.width,
      fileName: media.fileName,
    })
    .from(media)
    .leftJoin(users, eq(users.id, media.ownerId))
    .where(
      and(
        eq(media.key, key),
        eq(media.state, 'claimed'),
        or(isNull(users.id), and(isNull(users.leftAt), isNull(users.suspendedAt))),
      ),
    );
  return row;
}
