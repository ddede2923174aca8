import type * as z from 'zod';
import { and, eq } from 'drizzle-orm';
import type { Ctx } from '../../platform/context.ts';
import { isDuplicateKey } from '../../platform/db/errors.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { AppError } from '../../platform/errors.ts';
import { koreanYear } from '../../platform/korea-time.ts';
import { hashPassword } from '../../platform/password.ts';
import { consents, userEmails, users } from '../../schema/accounts.ts';
import { findDepartment, schoolForDomain } from '../schools/index.ts';
import { parseAddress, type Address } from './addresses.ts';
import { withProof } from './codes.ts';
import { accountCreated } from './events.ts';
import { requireUncommonPassword } from './password-policy.ts';
import { REQUIRED_CONSENTS, type SignUp } from './schemas.ts';
import { openSession, type LogInOrigin } from './sessions.ts';

const OLDEST_ADMISSION_YEARS = 49;

/**
 * Makes an account for a proven school address and logs it in. The school comes from the domain. Throws
 * `proof_invalid`, `account_exists`, `school_not_supported`, `department_not_found`, `consent_required`, `too_young`,
 * `password_too_common` or `invalid_input` (admission year).
 */
export async function signUp(ctx: Ctx, input: z.output<typeof SignUp>, origin: LogInOrigin) {
  const { deps } = ctx;
  const address = requireAddress(input.email);
  if (!input.is14OrOlder) throw new AppError('too_young');
  const granted = new Map(input.consents.map(({ kind, version }) => [kind, version]));
  if (REQUIRED_CONSENTS.some((kind) => !granted.has(kind))) throw new AppError('consent_required');
  requireUncommonPassword(input.password, [input.name, input.email, address.key]);
  requireAdmissionYear(ctx, input.admissionYear);
  const school = await requireSchool(ctx, address);
  const department = await findDepartment(ctx, input.departmentId);

  return withProof(ctx, { address, purpose: 'sign_up', proof: input.proof }, async () => {
    const passwordHash = await hashPassword(input.password, deps.config.scryptCost);
    const now = deps.clock.now();
    try {
      return await inTransaction(ctx, async (tx) => {
        const userId = deps.ids.next();
        await tx.db.insert(users).values({
          id: userId,
          kind: 'student',
          passwordHash,
          name: input.name,
          schoolId: school.id,
          departmentId: department.id,
          fieldId: department.fieldId,
          admissionYear: input.admissionYear,
          links: {},
          isFindableByCompanies: granted.has('findable_by_companies'),
          createdAt: now,
        });
        await tx.db.insert(userEmails).values({
          addressKey: address.key,
          userId,
          purpose: 'school',
          address: address.address,
          verifiedAt: now,
        });
        await tx.db.insert(consents).values(
          [...granted].map(([kind, version]) => ({
            id: deps.ids.next(),
            userId,
            kind,
            version,
            isGranted: true,
            createdAt: now,
          })),
        );
        const session = await openSession(ctx, tx, userId, origin);
        tx.emit(accountCreated, { userId });
        return { ...session, userId, isRestored: false };
      });
    } catch (error) {
      if (isDuplicateKey(error, 'user_emails.PRIMARY')) throw new AppError('account_exists');
      throw error;
    }
  });
}

/** An address that the schema has let through. */
export function requireAddress(email: string): Address {
  const address = parseAddress(email);
  if (!address) throw new AppError('invalid_input');
  return address;
}

/** The school whose domain an address has. Throws `school_not_supported`. */
export async function requireSchool(ctx: Ctx, address: Address) {
  const school = await schoolForDomain(ctx, address.domain);
  if (!school) throw new AppError('school_not_supported');
  return school;
}

/** This year back to 49 years. */
export function requireAdmissionYear(ctx: Ctx, year: number): void {
  const thisYear = koreanYear(ctx.deps.clock.now());
  if (year > thisYear || year < thisYear - OLDEST_ADMISSION_YEARS) {
    const bounds = `${thisYear - OLDEST_ADMISSION_YEARS}–${thisYear}`;
    throw new AppError('invalid_input', {
      fields: [
        {
          field: 'body.admissionYear',
          code: 'out_of_range',
          message: { ko: `${bounds} 사이여야 합니다.`, en: `Must be ${bounds}.` },
        },
      ],
    });
  }
}

/** The account of a person, with its address of one purpose. */
export async function findAddress(ctx: Ctx, userId: string, purpose: 'school' | 'recovery') {
  const [row] = await ctx.deps.db
    .select({ address: userEmails.address })
    .from(userEmails)
    .where(and(eq(userEmails.userId, userId), eq(userEmails.purpose, purpose)));
  return row?.address;
}
