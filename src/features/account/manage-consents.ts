import { desc, eq } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { AppError } from '../../platform/errors.ts';
import { consents, userEmails, users } from '../../schema/accounts.ts';
import { REQUIRED_CONSENTS, type ConsentKind } from './schemas.ts';

/**
 * Grants or withdraws one consent; each act is kept with its version and time. What the service cannot go on without
 * is withdrawn by leaving: `consent_required`.
 */
export async function setConsent(
  ctx: UserCtx,
  kind: ConsentKind,
  input: { version: string; isGranted: boolean },
): Promise<void> {
  const isRequired = (REQUIRED_CONSENTS as readonly string[]).includes(kind);
  if (isRequired && !input.isGranted) throw new AppError('consent_required');
  const { userId } = ctx.actor;
  await inTransaction(ctx, async (tx) => {
    await tx.db
      .insert(consents)
      .values({ id: ctx.deps.ids.next(), userId, kind, ...input, createdAt: ctx.deps.clock.now() });
    if (kind === 'findable_by_companies') {
      await tx.db.update(users).set({ isFindableByCompanies: input.isGranted }).where(eq(users.id, userId));
    }
  });
}

/** My addresses and the present state of each consent. */
export async function readAccount(ctx: UserCtx) {
  const { db } = ctx.deps;
  const { userId } = ctx.actor;
  const [[user], addresses, acts] = await Promise.all([
    db.select({ createdAt: users.createdAt }).from(users).where(eq(users.id, userId)),
    db.select().from(userEmails).where(eq(userEmails.userId, userId)),
    db.select().from(consents).where(eq(consents.userId, userId)).orderBy(desc(consents.id)).limit(500),
  ]);
  if (!user) throw new AppError('unauthenticated');
  const newest = new Map(acts.toReversed().map((act) => [act.kind, act]));
  return { user, addresses, consents: [...newest.values()] };
}
