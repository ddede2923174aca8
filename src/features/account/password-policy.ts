import { AppError } from '../../platform/errors.ts';
import { COMMON_PASSWORDS } from './common-passwords.ts';

let common: Set<string> | undefined;

/**
 * Refuses passwords that everybody tries first (OWASP ASVS 5.0, 6.2.4: at least the 3,000 most common that fit the
 * length rule), and a password that is the account's own name or address. Throws `password_too_common`.
 */
export function requireUncommonPassword(password: string, own: readonly string[]): void {
  common ??= new Set(COMMON_PASSWORDS.trim().split(/\s+/));
  const folded = password.toLowerCase();
  const isOwn = own.some((text) => text.toLowerCase() === folded);
  if (isOwn || common.has(folded) || new Set(folded).size === 1) throw new AppError('password_too_common');
}
