import { and, eq, isNull } from 'drizzle-orm';
import * as z from 'zod';
import type { SystemCtx } from '../../platform/context.ts';
import { sha256 } from '../../platform/crypto.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { Id } from '../../platform/http/schemas.ts';
import { defineSlicedJob } from '../../platform/jobs/job.ts';
import { dataExports, users } from '../../schema/accounts.ts';
import { putManifest, putPart } from './archive.ts';
import { exportReady } from './events.ts';
import { linkToken } from './link.ts';

/** How long the link works (hours). */
export const LINK_HOURS = 72;

const Position = z.object({
  /** The section being read, and where in it. */
  step: z.number().int().min(0),
  after: z.string().optional(),
  part: z.number().int().min(0),
  /** How many parts the finished sections have. */
  parts: z.array(z.number().int()),
});

/** Reads everything of one person, section by section (src/retention.ts), into R2. */
export const makeExport = defineSlicedJob({
  name: 'export.make',
  schema: z.object({ exportId: Id, userId: Id }),
  key: ({ exportId }) => exportId,
  retries: 5,
  flowControl: { key: 'export.make', parallelism: 2 },
  position: Position,
  async runChunk(ctx, { exportId, userId }, position = { step: 0, part: 0, parts: [] }) {
    const asked = await findAsked(ctx, exportId);
    if (!asked) return { rows: 0, next: undefined };
    const step = ctx.deps.retention.exportSteps[position.step];
    if (!step) {
      await finish(ctx, { ...asked, exportId, userId }, position.parts);
      return { rows: 0, next: undefined };
    }
    const chunk = await step.read(ctx, userId, position.after);
    await putPart(ctx.deps, asked.prefix, step.name, position.part, chunk);
    const part = position.part + 1;
    const next =
      chunk.next === undefined
        ? { step: position.step + 1, part: 0, parts: [...position.parts, part] }
        : { ...position, part, after: chunk.next };
    return { rows: chunk.rows.length, next };
  },
});

/** Still wanted: not made yet, not given up, and its owner has not left. */
async function findAsked(ctx: SystemCtx, exportId: string) {
  const [row] = await ctx.deps.db
    .select({ prefix: dataExports.objectKey, createdAt: dataExports.createdAt })
    .from(dataExports)
    .innerJoin(users, eq(users.id, dataExports.userId))
    .where(and(eq(dataExports.id, exportId), eq(dataExports.state, 'asked'), isNull(users.leftAt)));
  return row?.prefix ? { prefix: row.prefix, createdAt: row.createdAt } : undefined;
}

type Asked = { exportId: string; userId: string; prefix: string; createdAt: Date };

async function finish(ctx: SystemCtx, asked: Asked, parts: readonly number[]): Promise<void> {
  const { exportId, userId, prefix, createdAt } = asked;
  const sections = ctx.deps.retention.exportSteps.map(({ name }, index) => ({
    name,
    parts: parts[index] ?? 0,
  }));
  const volumes = await putManifest(ctx.deps, prefix, {
    userId,
    createdAt: createdAt.toISOString(),
    sections,
  });
  const tokenHash = await sha256(await linkToken(ctx.deps, exportId));
  const expiresAt = new Date(ctx.deps.clock.now().getTime() + LINK_HOURS * 3600_000);
  await inTransaction(ctx, async (tx) => {
    const { rowsAffected } = await tx.db
      .update(dataExports)
      .set({ state: 'ready', tokenHash, expiresAt, volumes })
      .where(and(eq(dataExports.id, exportId), eq(dataExports.state, 'asked')));
    if (rowsAffected > 0) tx.emit(exportReady, { exportId, userId });
  });
}
