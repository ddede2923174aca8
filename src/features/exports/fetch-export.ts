import { and, eq, gt } from 'drizzle-orm';
import type { Ctx } from '../../platform/context.ts';
import { sha256 } from '../../platform/crypto.ts';
import { AppError } from '../../platform/errors.ts';
import { dataExports } from '../../schema/accounts.ts';
import { openVolume } from './archive.ts';

/** One volume of the archive behind a mailed link. Throws `not_found` for a link that is wrong or over. */
export async function fetchExport(ctx: Ctx, token: string, volume: number): Promise<ReadableStream> {
  const [row] = await ctx.deps.db
    .select({ prefix: dataExports.objectKey })
    .from(dataExports)
    .where(
      and(
        eq(dataExports.tokenHash, await sha256(token)),
        eq(dataExports.state, 'ready'),
        gt(dataExports.expiresAt, ctx.deps.clock.now()),
      ),
    );
  const archive = row?.prefix ? await openVolume(ctx.deps, row.prefix, volume) : undefined;
  if (!archive) throw new AppError('not_found');
  return archive;
}
