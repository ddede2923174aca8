import * as z from 'zod';
import { Day, Id, PageQuery, pageOf, Time } from '../../platform/http/schemas.ts';
import { PersonCard } from '../people/index.ts';
import { PostCard } from '../posts/index.ts';
import { ACTIVITY_KINDS } from './weights.ts';

const Rank = z.number().int().min(1).meta({
  description: '같은 점수는 같은 순위입니다(1, 2, 2, 4). · Equal scores share a rank.',
});
const Change = {
  previousRank: z.number().int().nullable().meta({
    description: '어제의 순위. 없었으면 null · Yesterday’s rank; null: none',
  }),
  change: z.number().int().nullable().meta({
    description: '오른 칸 수. 내려갔으면 음수 · Places risen; negative: fallen',
  }),
  isNew: z.boolean().meta({ description: 'NEW: 어제는 이 순위에 없었습니다. · No rank here yesterday' }),
};

export const RankIn = z
  .object({
    rank: Rank,
    people: z.number().int().meta({ description: 'All who are ranked here' }),
    ...Change,
  })
  .meta({ id: 'RankIn' });

const TopPercent = z.number().int().min(1).max(100).meta({ description: '전국 상위 N%' });

export const Ranks = z
  .object({
    score: z.number().int(),
    topPercent: TopPercent,
    topPercentChange: z
      .number()
      .int()
      .nullable()
      .meta({ description: '어제보다 좋아진 만큼(상위 12% → 10%: 2) · Better than yesterday by so much' }),
    nation: RankIn.meta({ description: '전국' }),
    school: RankIn.meta({ description: '교내' }),
    field: RankIn.meta({ description: '전국, 같은 분야' }),
    group: RankIn.meta({ description: '교내, 같은 분야' }),
  })
  .meta({ id: 'Ranks' });

export const RankedPerson = z
  .object({ person: PersonCard, score: z.number().int(), rank: Rank, ...Change })
  .meta({ id: 'RankedPerson' });

const SchoolId = z.coerce.number().int().min(1).max(1_000_000);
const FieldId = z.coerce.number().int().min(1).max(16);
const scopeShape = {
  schoolId: SchoolId.optional().meta({ description: '학교 안의 순위 · Within a school' }),
  fieldId: FieldId.optional().meta({ description: '한 분야의 순위 · Of one field' }),
};
export const ScopeQuery = z.strictObject(scopeShape);
export const RankingQuery = PageQuery.extend({
  ...scopeShape,
  limit: z.coerce.number().int().min(1).max(100).default(50).meta({ description: 'Items a page' }),
});

const UpdatedAt = Time.nullable().meta({
  description: '이 순위가 계산된 때. 아직 없으면 null · When these ranks were computed; null: not yet',
});

export const RankingPage = pageOf(RankedPerson)
  .extend({
    updatedAt: UpdatedAt,
    day: Day.nullable().meta({ description: '점수에 든 마지막 날 · The last day that counts' }),
  })
  .meta({ id: 'RankingPage' });

export const MyPlaceQuery = z.strictObject({
  scope: z
    .enum(['nation', 'school', 'field', 'group'])
    .default('nation')
    .meta({ description: 'nation 전국 · school 교내 · field 분야 · group 교내 분야' }),
});

export const MyPlace = z
  .object({
    updatedAt: UpdatedAt,
    ranks: Ranks.nullable().meta({ description: 'null: 아직 점수가 없거나 숨김 · No points yet, or hidden' }),
    isHidden: z.boolean().meta({ description: '순위에서 숨은 상태 · I hide from rankings' }),
    above: z.array(RankedPerson).meta({ description: 'At most 5 just above me, best first' }),
    below: z.array(RankedPerson).meta({ description: 'At most 5 just below me' }),
  })
  .meta({ id: 'MyPlace' });

export const HistoryQuery = z.strictObject({
  days: z.coerce.number().int().min(1).max(90).default(90).meta({ description: 'Days back from yesterday' }),
});

export const RankHistory = z
  .object({
    days: z
      .array(
        z.object({
          day: Day,
          score: z.number().int(),
          nationRank: Rank,
          schoolRank: Rank,
          fieldRank: Rank,
          groupRank: Rank,
          topPercent: TopPercent,
        }),
      )
      .meta({
        description:
          '오래된 날부터. 순위가 없던 날은 빠집니다. · Oldest first; days without a rank are missing.',
      }),
  })
  .meta({ id: 'RankHistory' });

const NextPlace = z
  .object({
    rank: Rank.meta({ description: 'The rank that these points bring' }),
    missingPoints: z.number().int().min(1),
  })
  .nullable()
  .meta({ description: 'null: 이미 1위 · Already first' });

export const RankExplanation = z
  .object({
    explanation: z
      .object({
        from: Day,
        to: Day,
        score: z.number().int(),
        kinds: z.array(
          z.object({
            kind: z.enum(ACTIVITY_KINDS).meta({
              description: 'post 쓴 포스트 · like·comment·bookmark·view 받은 좋아요·댓글·북마크·조회',
            }),
            count: z.number().int().meta({ description: 'As far as it counts: capped a giver a day' }),
            earned: z.number().int().meta({ description: '이만큼 점수가 됩니다. 모두 더하면 score' }),
            points: z.number().int(),
            per: z.number().int().meta({ description: '`points` for every so many' }),
            dailyCap: z.number().int().meta({
              description:
                '하루에 한 사람에게서(포스트는 하루에) 인정되는 수 · Counted of one giver a day; of posts, a day',
            }),
          }),
        ),
        next: z.object({ nation: NextPlace, school: NextPlace, field: NextPlace, group: NextPlace }),
      })
      .nullable()
      .meta({ description: 'null: 순위가 없습니다. · I have no rank.' }),
  })
  .meta({ id: 'RankExplanation' });

const compared = {
  rank: Rank,
  people: z.number().int(),
  points: z.number().int().meta({ description: 'Of all its people together' }),
};
export const SchoolRanking = z
  .object({
    items: z.array(z.object({ id: z.number().int(), nameKo: z.string(), nameEn: z.string(), ...compared })),
  })
  .meta({ id: 'SchoolRanking' });
export const FieldRanking = z
  .object({
    items: z.array(z.object({ id: z.number().int(), nameKo: z.string(), nameEn: z.string(), ...compared })),
  })
  .meta({ id: 'FieldRanking' });

export const RankingBoard = z
  .object({
    updatedAt: UpdatedAt,
    day: Day.nullable(),
    me: z.object({ isHidden: z.boolean(), ranks: Ranks.nullable() }),
    top: z.array(RankedPerson).meta({ description: '1~3위 · The first three' }),
    growing: z
      .array(z.object({ person: PersonCard, gained: z.number().int() }))
      .meta({ description: '성장한 사람: 일주일 동안 점수가 가장 많이 오른 · Most points gained in a week' }),
    popularPosts: z
      .array(PostCard)
      .meta({ description: '이번 주 인기 포스트 · Posts of the week with the most reactions' }),
    topTags: z.array(z.object({ id: Id, name: z.string(), count: z.number().int() })).meta({
      description: '최근 7일 많이 쓴 태그(전국 또는 분야) · Most used in 7 days, nationwide or of the field',
    }),
  })
  .meta({ id: 'RankingBoard' });
