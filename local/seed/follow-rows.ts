import { careerFollows } from '../../src/schema/careers.ts';
import { follows } from '../../src/schema/reactions.ts';
import { careersPerPerson } from './people.ts';
import { makeId, userIdOf, type PopulationIndex } from './row-index.ts';
import { batchOf, type RowBatch } from './row-batch.ts';

const careerFollowShare = 0.3;

/** Whom people follow, and the careers they follow; needs the ids of all careers. */
export function* makeFollowRows(index: PopulationIndex, people: Uint32Array): Generator<RowBatch> {
  const rows: (typeof follows.$inferInsert)[] = [];
  const careerRows: (typeof careerFollows.$inferInsert)[] = [];
  for (const personIndex of people) {
    const followerId = userIdOf(index, personIndex);
    const followees = index.population.followeesOf(personIndex);
    const draw = index.draw('follows', personIndex);
    for (const followee of followees) {
      const at = timeOfFollow(index, personIndex, followee, draw.unit());
      rows.push({
        followerId,
        followeeId: userIdOf(index, followee),
        id: makeId(at, rows.length),
        createdAt: new Date(at),
      });
    }
    const careerId = chooseCareer(index, personIndex, followees);
    if (careerId !== undefined) {
      const at = timeOfFollow(index, personIndex, personIndex, draw.unit());
      careerRows.push({ userId: followerId, careerId, createdAt: new Date(at) });
    }
  }
  yield batchOf(follows, rows);
  yield batchOf(careerFollows, careerRows);
}

/** After both have joined. */
function timeOfFollow(index: PopulationIndex, follower: number, followee: number, unit: number): number {
  const from = Math.max(index.joinedAt[follower] ?? 0, index.joinedAt[followee] ?? 0);
  return from + Math.floor((index.population.scale.until - from) * unit);
}

/** A career of somebody one follows, to which one does not belong. */
function chooseCareer(
  { careerIds, draw: drawFrom }: PopulationIndex,
  personIndex: number,
  followees: readonly number[],
): string | undefined {
  const draw = drawFrom('careerFollows', personIndex);
  if (followees.length === 0 || !draw.chance(careerFollowShare)) return undefined;
  const chosen = careerIds[draw.pick(followees) * careersPerPerson] ?? 0n;
  const first = personIndex * careersPerPerson;
  const isOwn = careerIds.subarray(first, first + careersPerPerson).includes(chosen);
  return isOwn ? undefined : String(chosen);
}
