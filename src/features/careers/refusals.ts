import type { UserCtx } from '../../platform/context.ts';
import { AppError } from '../../platform/errors.ts';
import { requireVisibleCareer } from './queries.ts';

/** Why a write of the owner's found no career: it is not there for this viewer, or it is somebody else's. */
export async function refuseCareer(ctx: UserCtx, careerId: string): Promise<never> {
  await requireVisibleCareer(ctx, careerId);
  throw new AppError('forbidden');
}
