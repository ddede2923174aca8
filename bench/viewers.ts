/** People of a data set whose requests are measured, with sessions whose tokens are known. */
import { createHash } from 'node:crypto';
import type { RowDataPacket } from 'mysql2/promise';
import { makeId } from '../local/seed/row-index.ts';
import type { DataSet } from './data-set.ts';
import { eagerFollowers, followsOfEager } from './scales.ts';

export type Viewer = { userId: string; token: string; careerId: string };

export type ViewerKind = 'usual' | (typeof eagerFollowers)[number]['name'];

const USUAL_VIEWERS = 200;
/** Follows of a usual person, about 50 in medium and large. */
const USUAL_SHARES = { least: 0.8, most: 1.2 };
const SESSION_MS = 86_400_000;

/** People with about the average number of follows, and those who follow many more, by kind. */
export async function openViewers(dataSet: DataSet, now: Date): Promise<Record<ViewerKind, Viewer[]>> {
  const { scale, followeesOf } = dataSet.population;
  const kinds: Record<ViewerKind, number[]> = { usual: [], busy: [], heavy: [] };
  const step = Math.max(1, Math.floor(scale.people / (USUAL_VIEWERS * 4)));
  for (let index = 1; index < scale.people && kinds.usual.length < USUAL_VIEWERS; index += step) {
    const share = followeesOf(index).length / scale.followsPerPerson;
    if (share >= USUAL_SHARES.least && share <= USUAL_SHARES.most) kinds.usual.push(index);
  }
  let first = 1;
  for (const { name, people } of eagerFollowers) {
    kinds[name] = Array.from({ length: people }, (_, place) => first + place);
    first += people;
  }
  kinds.usual = kinds.usual.filter((index) => followsOfEager(index) === undefined);
  return {
    usual: await openSessions(dataSet, kinds.usual, now),
    busy: await openSessions(dataSet, kinds.busy, now),
    heavy: await openSessions(dataSet, kinds.heavy, now),
  };
}

/** Sessions of people by index; the same person has the same token in every run. */
export async function openSessions(
  { connection, population }: DataSet,
  people: readonly number[],
  now: Date,
): Promise<Viewer[]> {
  const userIds = people.map((index) => makeId(population.person(index).joinedAt, index));
  const [rows] = await connection.query<RowDataPacket[]>(
    "select user_id as userId, min(career_id) as careerId from career_members where user_id in (?) and state = 'active' group by user_id",
    [userIds],
  );
  const careerIds = new Map(rows.map(({ userId, careerId }) => [String(userId), String(careerId)]));
  const viewers = userIds.map((userId) => {
    const careerId = careerIds.get(userId);
    if (careerId === undefined) throw new Error(`The data set has no person ${userId}.`);
    return { userId, token: hash(`bench ${userId}`), careerId };
  });
  const expiresAt = new Date(now.getTime() + SESSION_MS);
  await connection.query(
    'replace into sessions (id, token_hash, user_id, device, place, created_at, last_used_at, expires_at) values ?',
    [
      viewers.map(({ userId, token }) =>
        [userId, hash(token), userId, 'bench', '', now, now, expiresAt].map(toSql),
      ),
    ],
  );
  return viewers;
}

/** SHA-256 in base64url: the form of tokens and of their hashes. */
function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

function toSql(value: string | Date): string {
  return value instanceof Date ? value.toISOString().slice(0, 23) : value;
}
