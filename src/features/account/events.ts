import * as z from 'zod';
import { defineEvent } from '../../platform/events.ts';
import { Id } from '../../platform/http/schemas.ts';

const UserPayload = z.object({ userId: Id });

/** Somebody signed up. */
export const accountCreated = defineEvent('account.created', UserPayload);
/** Somebody left; the account is invisible and will be purged. */
export const accountLeft = defineEvent('account.left', UserPayload);
/** Somebody came back before the purge. */
export const accountRestored = defineEvent('account.restored', UserPayload);
/** School, department or year changed by re-certification. */
export const accountRecertified = defineEvent('account.recertified', UserPayload);
/** Log-ins that ended: by log-out, by another session, by a new password or by leaving. */
export const sessionsEnded = defineEvent('sessions.ended', z.object({ userId: Id, sessionIds: z.array(Id) }));
/** The password was changed or reset. */
export const passwordChanged = defineEvent('account.password_changed', UserPayload);
