import type { Deps } from '../../platform/context.ts';
import { hmac } from '../../platform/crypto.ts';

/**
 * The token of an export's link. Made from the id and our secret, so that the mail can be written without the token
 * standing in a message or, in the clear, in the database.
 */
export function linkToken(deps: Deps, exportId: string): Promise<string> {
  return hmac(deps.config.hmacSecret, 'export link', exportId);
}
