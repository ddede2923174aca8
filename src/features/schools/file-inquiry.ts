import { sql } from 'drizzle-orm';
import type * as z from 'zod';
import type { Ctx } from '../../platform/context.ts';
import { hmac } from '../../platform/crypto.ts';
import { AppError } from '../../platform/errors.ts';
import { spendExact } from '../../platform/exact-limits.ts';
import { inquiries } from '../../schema/schools.ts';
import type { AskForSchool } from './schemas.ts';

/** A wish that is sent again within this (seconds) is the one that was filed before. */
const REPEAT_SECONDS = 86_400;

/**
 * Asks staff for a school or department that the directory lacks; answers its id, the same for the same wish from one
 * network within a day. At most 5 sendings a day from one network.
 */
export async function fileInquiry(
  ctx: Ctx,
  input: z.output<typeof AskForSchool>,
  network: string,
): Promise<string> {
  const { deps } = ctx;
  const retryAfter = await spendExact(deps, [{ key: `inquiry ${network}`, max: 5, windowMs: 86_400_000 }]);
  if (retryAfter > 0) throw new AppError('rate_limited', { retryAfter });
  const id = await claimId(ctx, JSON.stringify([network, input]));
  await deps.db
    .insert(inquiries)
    .values({
      id,
      kind: input.kind,
      name: input.name,
      detail: input.detail,
      contactEmail: input.contactEmail ?? null,
      state: 'open',
      createdAt: deps.clock.now(),
    })
    .onDuplicateKeyUpdate({ set: { id: sql`${inquiries.id}` } });
  return id;
}

/** The id that this wish has, or has from now on. Redis holds no word of it. */
async function claimId({ deps }: Ctx, wish: string): Promise<string> {
  const fresh = deps.ids.next();
  const key = `inquiry:${await hmac(deps.config.hmacSecret, 'inquiry', wish)}`;
  const known = await deps.cache.set(key, fresh, { nx: true, get: true, ex: REPEAT_SECONDS });
  return known ?? fresh;
}
