import { eq } from 'drizzle-orm';
import type { Ctx } from '../../../platform/context.ts';
import { sha256 } from '../../../platform/crypto.ts';
import { discoveryValidators } from '../../../schema/discovery.ts';

export type Validators = { etag: string | null; lastModified: string | null };

const MAX_ETAG_LENGTH = 300;
const MAX_LAST_MODIFIED_LENGTH = 60;

/** What the last whole answer of an address (its SHA-256) is known by; undefined when nothing is. */
export async function findValidators({ deps }: Ctx, urlHash: string): Promise<Validators | undefined> {
  const [row] = await deps.db
    .select({ etag: discoveryValidators.etag, lastModified: discoveryValidators.lastModified })
    .from(discoveryValidators)
    .where(eq(discoveryValidators.urlHash, urlHash));
  return row;
}

/**
 * Keeps what an answer is known by; what is too long counts as nothing. `before`: what the one before was known by, which
 * is forgotten when there is nothing.
 */
export async function keepValidators(
  { deps }: Ctx,
  url: string,
  headers: Headers,
  before: Validators | undefined,
): Promise<void> {
  const urlHash = await sha256(url);
  const etag = shortEnough(headers.get('etag'), MAX_ETAG_LENGTH);
  const lastModified = shortEnough(headers.get('last-modified'), MAX_LAST_MODIFIED_LENGTH);
  if (etag === null && lastModified === null) {
    if (!before) return;
    await deps.db.delete(discoveryValidators).where(eq(discoveryValidators.urlHash, urlHash));
    return;
  }
  const row = { etag, lastModified, checkedAt: deps.clock.now() };
  await deps.db
    .insert(discoveryValidators)
    .values({ urlHash, ...row })
    .onDuplicateKeyUpdate({ set: row });
}

/** The page is still the same. */
export async function touchValidators({ deps }: Ctx, url: string): Promise<void> {
  await deps.db
    .update(discoveryValidators)
    .set({ checkedAt: deps.clock.now() })
    .where(eq(discoveryValidators.urlHash, await sha256(url)));
}

/** The headers of a conditional request. */
export function conditionalHeaders(validators: Validators | undefined): Record<string, string> {
  return {
    ...(validators?.etag != null && { 'if-none-match': validators.etag }),
    ...(validators?.lastModified != null && { 'if-modified-since': validators.lastModified }),
  };
}

function shortEnough(value: string | null, length: number): string | null {
  return value !== null && value.length <= length ? value : null;
}
