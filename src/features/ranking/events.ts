import * as z from 'zod';
import { defineEvent } from '../../platform/events.ts';
import { Day, Id } from '../../platform/http/schemas.ts';

/**
 * Somebody's national rank rose within a week into a better band (the first 100, or the upper 1, 5, 10, 20 or 50 %). At
 * most once a week a person, from the snapshot of `day`. `previousRank` is that of a week before; null: they had none.
 */
export const rankChanged = defineEvent(
  'ranking.rank_changed',
  z.object({
    userId: Id,
    day: Day,
    rank: z.number().int(),
    previousRank: z.number().int().nullable(),
    /** 상위 N%. */
    topPercent: z.number().int(),
  }),
);

/** Staff want the activity of these Korean days counted anew. */
export const activityRebuildAsked = defineEvent(
  'ranking.activity_rebuild_asked',
  z.object({ from: Day, to: Day }),
);
