import { sql } from 'drizzle-orm';
import type { SystemCtx } from '../../platform/context.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { addDays, koreanDay } from '../../platform/korea-time.ts';
import { defineSchedule } from '../../platform/schedules.ts';
import { discoveryStrips, discoveryTags } from '../../schema/discovery.ts';
import { tagDays } from '../../schema/posts.ts';
import { STRIP_LENGTH } from './read-discoveries.ts';

const RECENT_DAYS = 7;
/** The tags that stand for a field, or for everybody. */
const TAGS = 20;

type StripRow = typeof discoveryStrips.$inferInsert;

/**
 * Makes the strips of every field and of all (field 0) anew: the newest of each kind for the tags that most people used
 * in the last 7 days. Readers see the old ones or the new ones. Running twice does no harm.
 */
export async function makeStrips(ctx: SystemCtx): Promise<void> {
  const rows = await chooseStrips(ctx);
  await inTransaction(ctx, async (tx) => {
    await tx.db.delete(discoveryStrips);
    if (rows.length > 0) await tx.db.insert(discoveryStrips).values(rows);
  });
}

async function chooseStrips({ deps }: SystemCtx): Promise<StripRow[]> {
  const since = addDays(koreanDay(deps.clock.now()), 1 - RECENT_DAYS);
  const uses = sql`select ${tagDays.fieldId} as field_id, ${tagDays.tagId} as tag_id, sum(coalesce(${tagDays.people}, ${tagDays.uses})) as uses
    from ${tagDays} where ${tagDays.day} >= ${since} group by ${tagDays.fieldId}, ${tagDays.tagId}`;
  const { rows } = await deps.db.execute(sql`
    with of_field as (${uses}),
      of_all as (select field_id, tag_id, uses from of_field union all select 0, tag_id, sum(uses) from of_field group by tag_id),
      ranked as (select field_id, tag_id, row_number() over (partition by field_id order by uses desc, tag_id desc) as place from of_all),
      found as (select ranked.field_id, ${discoveryTags.kind} as kind, ${discoveryTags.discoveryId} as discovery_id, max(${discoveryTags.sortAt}) as sort_at
        from ranked inner join ${discoveryTags} on ${discoveryTags.tagId} = ranked.tag_id
        where ranked.place <= ${TAGS}
        group by ranked.field_id, ${discoveryTags.kind}, ${discoveryTags.discoveryId}),
      placed as (select found.*, row_number() over (partition by field_id, kind order by sort_at desc, discovery_id desc) as position from found)
    select field_id, kind, position, discovery_id from placed where position <= ${STRIP_LENGTH}`);
  return (rows as Record<'field_id' | 'kind' | 'position' | 'discovery_id', string>[]).map((row) => ({
    fieldId: Number(row.field_id),
    kind: row.kind as StripRow['kind'],
    position: Number(row.position),
    discoveryId: row.discovery_id,
  }));
}

/** Between the hours at which ranking and crawl are heavy. */
export const makeStripsHourly = defineSchedule({
  name: 'discovery.strips',
  everyMinutes: 60,
  catchUp: 'latest',
  start: (ctx) => makeStrips(ctx),
});
