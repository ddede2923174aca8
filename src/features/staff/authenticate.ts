import { and, eq, isNull } from 'drizzle-orm';
import type { Context } from 'hono';
import { verifyAccessToken, type AccessApplication } from '../../platform/access-token.ts';
import type { StaffActor } from '../../platform/context.ts';
import { AppError } from '../../platform/errors.ts';
import type { AppContext } from '../../platform/http/app-context.ts';
import { staff } from '../../schema/engine-room.ts';

/** Where staff work: their host name, and the Access application in front of it. */
export type StaffEntrance = AccessApplication & { host: string };

/**
 * Who of the staff is calling: on their host alone, with a token of Cloudflare Access, a role row, and the role that the
 * route asks for. Throws `not_found` (another host), `unauthenticated` or `forbidden`.
 */
export async function authenticateStaff(
  c: Context<AppContext>,
  entrance: StaffEntrance,
): Promise<StaffActor> {
  if (new URL(c.req.url).hostname !== entrance.host) throw new AppError('not_found');
  const token = c.req.header('cf-access-jwt-assertion');
  if (!token) throw new AppError('unauthenticated');
  const deps = c.get('deps');
  const email = await verifyAccessToken(deps, token, entrance);
  const [person] = await deps.db
    .select({ id: staff.id, role: staff.role })
    .from(staff)
    .where(and(eq(staff.email, email), isNull(staff.removedAt)));
  if (!person) throw new AppError('forbidden');
  if (c.get('endpoint')?.staffRole === 'writer' && person.role !== 'writer') throw new AppError('forbidden');
  return { kind: 'staff', staffId: person.id, email, role: person.role };
}
