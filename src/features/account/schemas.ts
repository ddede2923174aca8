import * as z from 'zod';
import { Id, lineText, multiLineText, Time } from '../../platform/http/schemas.ts';
import { parseAddress } from './addresses.ts';

export const EmailAddress = z
  .string()
  .max(254)
  .trim()
  .refine((text) => parseAddress(text) !== undefined, { message: 'not_an_email' })
  .meta({ format: 'email', example: 'minsu@snu.ac.kr' });

/** Any Unicode, counted in code points; long enough for passphrases, short enough to hash. */
export const NewPassword = z
  .string()
  .max(512)
  .normalize('NFC')
  .refine((text) => [...text].length >= 8, { message: 'too_short', params: { minimum: 8 } })
  .refine((text) => [...text].length <= 128, { message: 'too_long', params: { maximum: 128 } })
  .meta({ minLength: 8, maxLength: 128, format: 'password' });

/** A password being checked: whatever was typed. */
export const Password = z.string().min(1).max(512).normalize('NFC').meta({ format: 'password' });

export const CODE_LIFETIME_SECONDS = 180;
export const PROOF_LIFETIME_SECONDS = 1800;

export const AskCode = z.strictObject({
  purpose: z.enum(['sign_up', 'reset_password']),
  email: EmailAddress,
});
export const AskOwnCode = z.strictObject({
  purpose: z.enum(['change_email', 'recovery_address']),
  email: EmailAddress,
});
export type CodePurpose = z.output<typeof AskCode>['purpose'] | z.output<typeof AskOwnCode>['purpose'];

export const CodeSent = z
  .object({
    verificationId: z.string().meta({ description: 'The code counts only together with this id.' }),
    expiresInSeconds: z.number().int(),
  })
  .meta({ id: 'CodeSent' });

export const ConfirmCode = z.strictObject({
  purpose: z.enum(['sign_up', 'reset_password', 'change_email', 'recovery_address']),
  email: EmailAddress,
  verificationId: z.string().regex(/^[\w-]{43}$/),
  code: z
    .string()
    .regex(/^[0-9]{6}$/)
    .meta({ example: '042917' }),
});

export const Proof = z
  .object({
    proof: z.string().meta({ description: 'Single use; the next step presents it.' }),
    expiresInSeconds: z.number().int(),
  })
  .meta({ id: 'Proof' });

const ProofToken = z.string().regex(/^[\w-]{43}$/);
const DepartmentId = z.number().int().min(1).max(1_000_000);
/** The verb holds it to the last 50 years; the clock does not belong in a schema. */
const AdmissionYear = z.number().int().min(1900).max(2200).meta({ example: 2024 });

export const CONSENT_KINDS = [
  'terms',
  'privacy',
  'promotion',
  'night_push',
  'findable_by_companies',
] as const;
export const REQUIRED_CONSENTS = ['terms', 'privacy'] as const;
export type ConsentKind = (typeof CONSENT_KINDS)[number];

const ConsentVersion = z
  .string()
  .regex(/^[0-9A-Za-z.-]{1,20}$/)
  .meta({ example: '2026-11-01' });
const GrantedConsent = z.strictObject({ kind: z.enum(CONSENT_KINDS), version: ConsentVersion });

export const SignUp = z.strictObject({
  email: EmailAddress,
  proof: ProofToken,
  password: NewPassword,
  name: lineText(50),
  departmentId: DepartmentId,
  admissionYear: AdmissionYear,
  is14OrOlder: z.boolean().meta({ description: '만 14세 이상 · 14 or older' }),
  consents: z.array(GrantedConsent).max(CONSENT_KINDS.length),
  device: lineText(100).optional().meta({ example: 'iPhone 17' }),
});

export const LogIn = z.strictObject({
  email: EmailAddress,
  password: Password,
  device: lineText(100).optional(),
});

export const SessionGranted = z
  .object({
    token: z.string().meta({ description: 'Send it as `Authorization: Bearer <token>`. Shown once.' }),
    sessionId: Id,
    userId: Id,
    expiresAt: Time,
    isRestored: z.boolean().meta({ description: 'The account had been left and is back.' }),
  })
  .meta({ id: 'SessionGranted' });

export const Session = z
  .object({
    id: Id,
    device: z.string(),
    place: z.string(),
    createdAt: Time,
    lastUsedAt: Time,
    isCurrent: z.boolean(),
  })
  .meta({ id: 'Session' });

export const SessionList = z.object({ items: z.array(Session) });
export const SessionParams = z.strictObject({ sessionId: z.union([z.literal('current'), Id]) });

export const ChangePassword = z.strictObject({ currentPassword: Password, newPassword: NewPassword });
export const ResetPassword = z.strictObject({
  email: EmailAddress,
  proof: ProofToken,
  newPassword: NewPassword,
});
export const SetRecoveryAddress = z.strictObject({
  email: EmailAddress,
  proof: ProofToken,
  password: Password,
});
export const RemoveRecoveryAddress = z.strictObject({ password: Password });
export const Recertify = z.strictObject({
  email: EmailAddress,
  proof: ProofToken,
  password: Password,
  departmentId: DepartmentId,
  admissionYear: AdmissionYear,
});
export const LeaveAccount = z.strictObject({ password: Password, reason: multiLineText(500) });

export const ConsentParams = z.strictObject({ kind: z.enum(CONSENT_KINDS) });
export const SetConsent = z.strictObject({ version: ConsentVersion, isGranted: z.boolean() });

export const Consent = z
  .object({ kind: z.enum(CONSENT_KINDS), version: z.string(), isGranted: z.boolean(), at: Time })
  .meta({ id: 'Consent' });

export const Account = z
  .object({
    userId: Id,
    schoolEmail: z.string(),
    recoveryEmail: z.string().nullable(),
    createdAt: Time,
    consents: z.array(Consent),
  })
  .meta({ id: 'Account' });
