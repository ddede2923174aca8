import { careerMembers, careers } from '../../src/schema/careers.ts';
import { makeId, userIdOf, type PopulationIndex } from './row-index.ts';
import { batchOf, type RowBatch } from './row-batch.ts';
import type { Theme } from './themes.ts';
import type { Career } from './types.ts';

/** What people of one school do together. */
const groupThemes: ReadonlySet<Theme> = new Set([
  'contest',
  'study',
  'project',
  'volunteer',
  'club',
  'startup',
]);

const groupShare = 0.4;
const membersAtMost = 3;

/** Careers that are one group: all belong to it but `invited`, whose owner has not answered yet. */
type Group = { owned: Career; joined: Career[]; invited: Career | undefined };

/**
 * Careers with their people. Some careers of the same theme at the same school are one group career; the posts of each
 * then stand in that of its owner, by `index.careerIds`.
 */
export function* makeCareerRows(index: PopulationIndex, people: Uint32Array): Generator<RowBatch> {
  const found = [...people].flatMap((personIndex) => index.population.careersOf(personIndex));
  for (const career of found) index.careerIds[career.index] = BigInt(makeId(career.createdAt, career.index));
  const groups = findGroups(index, found);
  const owned = new Set(groups.map((group) => group.owned.index));
  const joined = new Set<number>();
  for (const group of groups) {
    for (const career of group.joined) {
      joined.add(career.index);
      index.careerIds[career.index] = index.careerIds[group.owned.index] ?? 0n;
    }
  }
  yield batchOf(
    careers,
    found
      .filter((career) => !joined.has(career.index))
      .map((career) => ({
        id: String(index.careerIds[career.index]),
        ownerId: userIdOf(index, career.ownerIndex),
        name: career.name,
        kind: owned.has(career.index) ? ('group' as const) : ('personal' as const),
        createdAt: new Date(career.createdAt),
      })),
  );
  yield batchOf(careerMembers, [
    ...found.map((career) => toMember(index, career, 'active')),
    ...groups.flatMap(({ owned: group, invited }) =>
      invited === undefined
        ? []
        : [
            {
              ...toMember(index, invited, 'invited'),
              careerId: String(index.careerIds[group.index]),
              position: 0,
            },
          ],
    ),
  ]);
}

function toMember(index: PopulationIndex, career: Career, state: 'active' | 'invited') {
  return {
    careerId: String(index.careerIds[career.index]),
    userId: userIdOf(index, career.ownerIndex),
    state,
    position: career.position,
    createdAt: new Date(career.createdAt),
  };
}

function findGroups(index: PopulationIndex, found: readonly Career[]): Group[] {
  const alike = Map.groupBy(
    found.filter(({ theme }) => groupThemes.has(theme)),
    ({ theme, ownerIndex }) => `${theme} at ${index.schoolIds[ownerIndex]}`,
  );
  return [...alike.values()].flatMap((list) => {
    const groups: Group[] = [];
    for (let from = 0; from + 1 < list.length; from += membersAtMost + 1) {
      // The earliest is the group; the others came to it.
      const [owned, ...others] = list
        .slice(from, from + membersAtMost + 1)
        .toSorted((a, b) => a.createdAt - b.createdAt || a.index - b.index);
      if (owned === undefined || !index.draw('groups', owned.index).chance(groupShare)) continue;
      groups.push({
        owned,
        joined: others.slice(0, membersAtMost - 1),
        invited: others[membersAtMost - 1],
      });
    }
    return groups;
  });
}
