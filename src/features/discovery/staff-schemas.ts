import * as z from 'zod';
import { Day, Id, PageQuery, pageOf, Time } from '../../platform/http/schemas.ts';
import { dropReasons, outcomes } from './source.ts';

export { PageQuery };

const SourceId = z
  .string()
  .regex(/^[a-z-]{1,20}$/)
  .meta({ example: 'google-news' });
const Outcome = z.enum(outcomes);
const Count = z.number().int();
const Dropped = z.partialRecord(z.enum(dropReasons), Count);
const Completions = z.partialRecord(Outcome, Count);

export const DiscoveryRunParams = z.strictObject({ day: Day });

const Plan = z.object({
  source: SourceId,
  isConfigured: z
    .boolean()
    .meta({ description: 'False: its keys were missing when the day was planned, so nothing is visited' }),
  hot: Count.meta({ description: 'Tags used by most people in the last 7 days' }),
  rotated: Count.meta({ description: 'Other living tags whose turn it was' }),
  leftOver: Count.meta({ description: 'Living tags that the budget did not reach' }),
});

export const DiscoveryRun = z
  .object({
    day: Day,
    startedAt: Time,
    planned: Count.meta({ description: 'Visits: pairs of a source and a tag' }),
    done: Count,
    plans: z.array(Plan),
  })
  .meta({ id: 'DiscoveryRun' });

export const DiscoveryRunList = pageOf(DiscoveryRun);

const SourceReport = Plan.extend({
  problem: z
    .enum(['config_error'])
    .nullable()
    .meta({ description: 'Why it is not visited at all: `config_error`, its keys are missing' }),
  planned: Count,
  done: Count,
  waiting: Count.meta({ description: 'Visits whose turn has not come, or that were put off' }),
  begun: Count.meta({
    description: 'Visits that are under way, or that failed by a fault of ours (dead letters)',
  }),
  deferrals: Count.meta({ description: 'How often visits were put off: pace, or a host that wants rest' }),
  outcomes: z.array(z.object({ outcome: Outcome, visits: Count })),
  partial: Count.meta({
    description: 'Visits of which a part is missing: a page was cut off or did not come',
  }),
  stored: Count.meta({ description: 'Things that were new' }),
  known: Count.meta({ description: 'Things that were there already' }),
  dropped: Dropped.meta({ description: 'Items left out, by reason' }),
  completions: Completions.meta({ description: 'Pages of single things read afterwards, by outcome' }),
  lastFinishedAt: Time.nullable(),
});

const HostReport = z.object({
  host: z.string(),
  robots: z
    .object({
      state: z.enum(['rules', 'none', 'unreachable', 'unverified']),
      text: z.string().nullable().meta({ description: 'The rules that concern us' }),
      readAt: Time,
    })
    .nullable()
    .meta({ description: 'robots.txt as it was read last; null where it is not asked for' }),
  failures: Count.meta({ description: 'In a row' }),
  openUntil: Time.nullable().meta({ description: 'Left alone until then; afterwards one request tries' }),
  nextAt: Time.meta({ description: 'Not asked before' }),
});

export const DiscoveryRunDetail = z
  .object({
    day: Day,
    startedAt: Time,
    sources: z.array(SourceReport),
    hosts: z.array(HostReport).meta({ description: 'As they stand now' }),
    quotas: z.array(
      z.object({
        name: z.string().meta({ example: 'youtube.search' }),
        day: z.iso.date().meta({ description: 'As the source counts days: Pacific ones for YouTube' }),
        used: Count,
        isSpent: z.boolean().meta({ description: 'The source itself says so' }),
      }),
    ),
  })
  .meta({ id: 'DiscoveryRunDetail' });

export const DiscoveryVisitQuery = z.strictObject({
  ...PageQuery.shape,
  source: SourceId.optional(),
  outcome: Outcome.optional(),
});

export const DiscoveryVisit = z
  .object({
    source: SourceId,
    position: Count.meta({ description: 'Its place in the plan, from 0' }),
    tag: z.object({ id: Id, name: z.string().nullable() }),
    state: z.enum(['planned', 'done']),
    outcome: Outcome.nullable(),
    attempts: Count,
    deferrals: Count,
    isPartial: z.boolean(),
    stored: Count,
    known: Count,
    dropped: Dropped,
    completions: Completions,
    finishedAt: Time.nullable(),
  })
  .meta({ id: 'DiscoveryVisit' });

export const DiscoveryVisitList = pageOf(DiscoveryVisit);
