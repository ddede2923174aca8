import { consents, userEmails, users } from '../../src/schema/accounts.ts';
import { makeId, userIdOf, type PopulationIndex } from './row-index.ts';
import { batchOf, type RowBatch } from './row-batch.ts';

const CONSENT_VERSION = '2025-01-01';

/** People with their school address and what they agreed to. */
export function* makeAccountRows(
  index: PopulationIndex,
  people: Uint32Array,
  passwordHash: string,
): Generator<RowBatch> {
  const found = [...people].map((personIndex) => ({
    ...index.population.person(personIndex),
    id: userIdOf(index, personIndex),
  }));
  yield batchOf(
    users,
    found.map((person) => ({
      id: person.id,
      kind: 'student' as const,
      passwordHash,
      name: person.name,
      schoolId: person.schoolId,
      departmentId: person.departmentId,
      fieldId: person.fieldId,
      admissionYear: person.admissionYear,
      introduction: person.introduction,
      links: {},
      isHiddenFromRankings: person.isHiddenFromRankings,
      isFindableByCompanies: person.isFindableByCompanies,
      createdAt: new Date(person.joinedAt),
    })),
  );
  yield batchOf(
    userEmails,
    found.map((person) => ({
      addressKey: person.email,
      userId: person.id,
      purpose: 'school' as const,
      address: person.email,
      verifiedAt: new Date(person.joinedAt),
    })),
  );
  yield batchOf(
    consents,
    found.flatMap((person) =>
      ['terms', 'privacy', ...(person.isFindableByCompanies ? ['findable_by_companies'] : [])].map(
        (kind, place) => ({
          id: makeId(person.joinedAt, person.index * 3 + place),
          userId: person.id,
          kind,
          version: CONSENT_VERSION,
          isGranted: true,
          createdAt: new Date(person.joinedAt),
        }),
      ),
    ),
  );
}
