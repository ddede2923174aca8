import { and, eq, isNull } from 'drizzle-orm';
import * as z from 'zod';
import type { SystemCtx } from '../../platform/context.ts';
import { Id } from '../../platform/http/schemas.ts';
import { enqueue } from '../../platform/jobs/enqueue.ts';
import { defineJob } from '../../platform/jobs/job.ts';
import { runOnceLeased } from '../../platform/jobs/ledger.ts';
import { renderBilingual } from '../../platform/mail-template.ts';
import type { MailTemplate } from '../../platform/mails.ts';
import { userEmails, users } from '../../schema/accounts.ts';

const Payload = z.object({
  template: z.string().regex(/^[a-z_]{1,40}$/),
  userId: Id,
  /** What it is sent for: an event's id. One mail a cause and template. */
  cause: Id,
  params: z.record(z.string(), Id),
});

/**
 * Sends one mail to one account. The message names the account, never an address. At least once; the provider's
 * idempotency key makes that once for those providers that know one.
 */
export const sendMail = defineJob({
  name: 'mail.send',
  schema: Payload,
  key: ({ template, userId, cause }) => `${template}:${userId}:${cause}`,
  retries: 6,
  retryDelay: 'min(3600000, 20000 * pow(4, retried))',
  flowControl: { key: 'mail', rate: 10, period: 1, parallelism: 5 },
  async run(ctx, payload) {
    const template = ctx.deps.mails.find(payload.template);
    if (!template) throw new Error('no such mail');
    const addresses = await findAddresses(ctx, payload.userId, template);
    if (addresses.length === 0) return;
    const [ko, en] = [
      await template.render(ctx, payload, 'ko'),
      await template.render(ctx, payload, 'en'),
    ] as const;
    if (!ko || !en) return;
    for (const { address, purpose } of addresses) {
      const key = `${payload.template}:${payload.userId}:${payload.cause}:${purpose}`;
      await runOnceLeased(ctx, 'mail.send', key, () =>
        ctx.deps.mail.send({
          to: address,
          ...renderBilingual(ko, en),
          idempotencyKey: `${payload.template}-${payload.cause}-${purpose}`,
        }),
      );
    }
  },
});

/** Where it goes: nowhere when the account has been left or is gone. */
function findAddresses(ctx: SystemCtx, userId: string, { to }: MailTemplate) {
  return ctx.deps.db
    .select({ address: userEmails.address, purpose: userEmails.purpose })
    .from(userEmails)
    .innerJoin(users, eq(users.id, userEmails.userId))
    .where(
      and(
        eq(userEmails.userId, userId),
        isNull(users.leftAt),
        to === 'school' ? eq(userEmails.purpose, 'school') : undefined,
      ),
    );
}

/** Has mails sent, one for each cause (an event's id) and account. `params` are ids that the template knows. */
export function enqueueMails(
  ctx: SystemCtx,
  template: MailTemplate,
  mails: readonly { userId: string; cause: string; params?: Record<string, string> }[],
): Promise<void> {
  return enqueue(
    ctx,
    sendMail,
    mails.map(({ params = {}, ...mail }) => ({ template: template.name, params, ...mail })),
  );
}
