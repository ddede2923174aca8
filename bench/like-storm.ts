import { setTimeout as sleep } from 'node:timers/promises';
import type { RowDataPacket } from 'mysql2/promise';
import { firstIdAt } from '../src/platform/ids.ts';
import { makeId } from '../local/seed/row-index.ts';
import type { BenchContext } from './context.ts';
import type { DataSet } from './data-set.ts';
import { describeFault, sendLoad } from './load-loop.ts';
import { percentile } from './percentiles.ts';
import type { Report } from './report.ts';
import { openSessions } from './viewers.ts';
import type { RunningWorker } from './worker.ts';

const STORM = { people: 1000, clients: 64, patienceMs: 60_000 };

/** Many people like one post at the same moment. */
export async function measureLikeStorm(
  { dataSet, say }: BenchContext,
  worker: RunningWorker,
  { rows, missing }: Report,
): Promise<void> {
  say('like storm …');
  const { population, connection } = dataSet;
  const { posts, people } = population.scale;
  const { authorIndex, createdAt } = population.post(posts - 1);
  const postId = makeId(createdAt, posts - 1);
  const likers = Array.from({ length: people }, (_, index) => index)
    .filter((index) => index !== authorIndex)
    .slice(0, STORM.people);
  const sessions = await openSessions(dataSet, likers, new Date());
  const shots = sessions.map(({ token }) => ({ method: 'PUT', path: `/v1/posts/${postId}/like`, token }));
  await connection.query(
    `delete from likes where target_kind = 1 and target_id = ${postId} and user_id in (?)`,
    [sessions.map(({ userId }) => userId)],
  );
  const result = await sendLoad({
    url: worker.url,
    clients: STORM.clients,
    shots,
    first: 0,
    seconds: 'once',
  });
  const fault = describeFault(result);
  if (fault !== undefined) missing.push(`like storm: ${fault}`);
  rows.push(
    {
      what: `like storm (${shots.length} people, 64 at a time): p99`,
      measured: percentile(result.latencies, 0.99),
      unit: 'ms',
      budget: { most: 1000 },
    },
    {
      what: '  that failed',
      measured: shots.length - result.latencies.length,
      unit: '',
      budget: { most: 0 },
    },
    {
      what: '  that the count misses in the end',
      measured: await countMissing(dataSet, postId),
      unit: '',
      budget: { most: 0 },
    },
  );
}

/** The difference between a post's likes and its count, once the reactions have had time to run. */
async function countMissing({ connection, until }: DataSet, postId: string): Promise<number> {
  const deadline = Date.now() + STORM.patienceMs;
  for (;;) {
    const [[row]] = await connection.query<RowDataPacket[]>(
      `select like_count as count, (select count(*) from likes where target_kind = 1 and target_id = posts.id) as likes,
         (select count(*) from outbox where id >= ${firstIdAt(new Date(until))}) as waiting
       from posts where id = ${postId}`,
    );
    const missing = Math.abs(Number(row?.likes) - Number(row?.count));
    if ((missing === 0 && Number(row?.waiting) === 0) || Date.now() > deadline) return missing;
    await sleep(200);
  }
}
