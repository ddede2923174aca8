import type * as z from 'zod';
import type { Ctx } from '../../platform/context.ts';
import { AppError } from '../../platform/errors.ts';
import { spendExact } from '../../platform/exact-limits.ts';
import { inquiries } from '../../schema/schools.ts';
import type { AskForSchool } from './schemas.ts';

/** Asks staff for a school or department that the directory lacks. At most 5 a day from one network. */
export async function fileInquiry(
  ctx: Ctx,
  input: z.output<typeof AskForSchool>,
  network: string,
): Promise<string> {
  const { deps } = ctx;
  const retryAfter = await spendExact(deps, [{ key: `inquiry ${network}`, max: 5, windowMs: 86_400_000 }]);
  if (retryAfter > 0) throw new AppError('rate_limited', { retryAfter });
  const id = deps.ids.next();
  await deps.db.insert(inquiries).values({
    id,
    kind: input.kind,
    name: input.name,
    detail: input.detail,
    contactEmail: input.contactEmail ?? null,
    state: 'open',
    createdAt: deps.clock.now(),
  });
  return id;
}
