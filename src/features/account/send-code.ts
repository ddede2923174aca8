import { eq } from 'drizzle-orm';
import type { Ctx } from '../../platform/context.ts';
import type { Language } from '../../platform/errors.ts';
import { describeError } from '../../platform/log.ts';
import { renderMail } from '../../platform/mail-template.ts';
import { userEmails } from '../../schema/accounts.ts';
import type { Address } from './addresses.ts';
import { codeMail } from './code-mail.ts';
import { openVerification } from './codes.ts';
import { CODE_LIFETIME_SECONDS, type CodePurpose } from './schemas.ts';
import { requireAddress, requireSchool } from './sign-up.ts';

type CodeRequest = { email: string; purpose: CodePurpose };

/**
 * Mails a verification code. The answer, and the work before it, are the same whether the address has an account: what
 * differs (a reset code goes only to an address that has one) is decided after the answer. The code is mailed from
 * there and never queued or stored in the clear; if the mail fails, the user asks again. Throws
 * `school_not_supported` or `code_requested_too_often`.
 */
export async function sendCode(
  ctx: Ctx,
  request: CodeRequest,
  caller: { network: string; language: Language },
) {
  const address = requireAddress(request.email);
  if (request.purpose === 'sign_up' || request.purpose === 'change_email') await requireSchool(ctx, address);
  const { verificationId, code } = await openVerification(ctx, address, request.purpose, caller.network);
  ctx.deps.afterAnswer(mailCode(ctx, address, request.purpose, code, verificationId, caller.language));
  return { verificationId, expiresInSeconds: CODE_LIFETIME_SECONDS };
}

async function mailCode(
  ctx: Ctx,
  address: Address,
  purpose: CodePurpose,
  code: string,
  verificationId: string,
  language: Language,
): Promise<void> {
  const { deps } = ctx;
  try {
    if (purpose === 'reset_password' && !(await hasAccount(ctx, address))) return;
    const mail = renderMail(language, codeMail(language, purpose, code));
    await deps.mail.send({ to: address.address, ...mail, idempotencyKey: `code-${verificationId}` });
  } catch (error) {
    deps.log.error('code not mailed', { purpose, ...describeError(error) });
  }
}

async function hasAccount(ctx: Ctx, address: Address): Promise<boolean> {
  const rows = await ctx.deps.db
    .select({ userId: userEmails.userId })
    .from(userEmails)
    .where(eq(userEmails.addressKey, address.key));
  return rows.length > 0;
}
