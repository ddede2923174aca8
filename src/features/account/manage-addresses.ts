import type * as z from 'zod';
import { and, eq } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { isDuplicateKey } from '../../platform/db/errors.ts';
import { inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { AppError } from '../../platform/errors.ts';
import { userEmails, users } from '../../schema/accounts.ts';
import { findDepartment } from '../schools/index.ts';
import type { Address } from './addresses.ts';
import { requirePassword } from './change-password.ts';
import { withProof } from './codes.ts';
import { accountRecertified } from './events.ts';
import type { Recertify, SetRecoveryAddress } from './schemas.ts';
import { requireAddress, requireAdmissionYear, requireSchool } from './sign-up.ts';

/**
 * Sets the second, private address by which a graduate who has lost school mail keeps the account. Throws
 * `proof_invalid`, `password_wrong` or `address_in_use`.
 */
export async function setRecoveryAddress(
  ctx: UserCtx,
  input: z.output<typeof SetRecoveryAddress>,
): Promise<void> {
  const address = requireAddress(input.email);
  await requirePassword(ctx, input.password);
  await withProof(ctx, { address, purpose: 'recovery_address', proof: input.proof }, () =>
    inTransaction(ctx, (tx) => replaceAddress(ctx, tx, address, 'recovery')),
  );
}

/** Removes the recovery address; none is fine. Throws `password_wrong`. */
export async function removeRecoveryAddress(ctx: UserCtx, password: string): Promise<void> {
  await requirePassword(ctx, password);
  await ctx.deps.db
    .delete(userEmails)
    .where(and(eq(userEmails.userId, ctx.actor.userId), eq(userEmails.purpose, 'recovery')));
}

/**
 * 재인증: moves to the school of a newly proven address, with department and year. Posts keep the school they were
 * written at. Throws `proof_invalid`, `password_wrong`, `school_not_supported`, `department_not_found`, `address_in_use`.
 */
export async function recertify(ctx: UserCtx, input: z.output<typeof Recertify>): Promise<void> {
  const address = requireAddress(input.email);
  requireAdmissionYear(ctx, input.admissionYear);
  const school = await requireSchool(ctx, address);
  const department = await findDepartment(ctx, input.departmentId);
  await requirePassword(ctx, input.password);
  await withProof(ctx, { address, purpose: 'change_email', proof: input.proof }, () =>
    inTransaction(ctx, async (tx) => {
      await replaceAddress(ctx, tx, address, 'school');
      await tx.db
        .update(users)
        .set({
          schoolId: school.id,
          departmentId: department.id,
          fieldId: department.fieldId,
          admissionYear: input.admissionYear,
        })
        .where(eq(users.id, ctx.actor.userId));
      tx.emit(accountRecertified, { userId: ctx.actor.userId });
    }),
  );
}

async function replaceAddress(
  ctx: UserCtx,
  tx: Tx,
  address: Address,
  purpose: 'school' | 'recovery',
): Promise<void> {
  const { userId } = ctx.actor;
  await tx.db.delete(userEmails).where(and(eq(userEmails.userId, userId), eq(userEmails.purpose, purpose)));
  try {
    await tx.db.insert(userEmails).values({
      addressKey: address.key,
      userId,
      purpose,
      address: address.address,
      verifiedAt: ctx.deps.clock.now(),
    });
  } catch (error) {
    if (isDuplicateKey(error, 'user_emails.PRIMARY')) throw new AppError('address_in_use');
    throw error;
  }
}
