/** MySQL restarted while transactions are open, answers of COMMIT that are lost, and failovers at any statement. */
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startMysql, type MysqlEngine } from '../../local/engines/mysql.ts';
import { findStateDirectory } from '../../local/engines/places.ts';
import { startPlanetscaleGateway, type PlanetscaleGateway } from '../../local/planetscale/gateway.ts';
import { startTestApp, type OutgoingCall, type TestApp } from '../harness/app.ts';
import { buildSearch } from '../harness/search.ts';
import { expectSound } from '../harness/soundness.ts';
import { afterStories, countStory, makeCast, oneTry, patientClient, playStory } from '../harness/story.ts';

/** A MySQL of its own: the other tests need theirs. */
const DATA_DIR = join(findStateDirectory(resolve(import.meta.dirname, '../..')), 'mysql-faults-test');

let mysql: MysqlEngine;
let gateway: PlanetscaleGateway;
let app: TestApp;
/** What happens to a statement on its way. */
let meddle: (send: () => Promise<Response>, statement: string) => Promise<Response> = (send) => send();

const openMysql = () => startMysql({ dataDir: DATA_DIR, log: () => undefined });

beforeAll(async () => {
  rmSync(DATA_DIR, { recursive: true, force: true });
  mysql = await openMysql();
  gateway = await startPlanetscaleGateway({ mysql });
  app = await startTestApp({
    isListening: true,
    mysql: { gatewayUrl: gateway.url, databaseUrl: gateway.databaseUrl('any') },
    between: (send, call) => (isStatement(call) ? meddle(send, readStatement(call)) : send()),
  });
  await buildSearch(app);
}, 120_000);

afterEach(() => {
  meddle = (send) => send();
});

afterAll(async () => {
  await gateway.close();
  await mysql.stop();
  rmSync(DATA_DIR, { recursive: true, force: true });
});

const isStatement = ({ url }: OutgoingCall) => url.endsWith('/Execute');
const readStatement = ({ body }: OutgoingCall) => (JSON.parse(body) as { query: string }).query;

async function failOver(): Promise<void> {
  await fetch(`${gateway.url}/_control/failover`, { method: 'POST', body: '{}' });
}

/** Holds the answer of statements that begin so until it is told to let go. */
function holdStatements(beginning: string) {
  const { promise: released, resolve: letGo } = Promise.withResolvers<void>();
  const { promise: isHeld, resolve: hold } = Promise.withResolvers<void>();
  let isOver = false;
  return {
    isHeld,
    letGo,
    async meddle(send: () => Promise<Response>, statement: string): Promise<Response> {
      const response = await send();
      if (isOver || !statement.startsWith(beginning)) return response;
      isOver = true;
      hold();
      await released;
      return response;
    },
  };
}

it('restarted in transactions: those that meet it down say 503 and can be sent again, the others begin anew', async () => {
  const cast = await makeCast(app);
  const ids = await playStory(cast, oneTry(app));
  const { author, fan, guest } = cast;
  const key = { 'idempotency-key': 'restart-comment-1' };
  const comment = () =>
    app.request('POST', `/v1/posts/${ids.postId}/comments`, {
      token: guest.token,
      headers: key,
      body: { text: '다시 시작' },
      settle: false,
    });
  const early = [holdStatements('insert into `comments`')];
  const late = [holdStatements('insert ignore into `likes`'), holdStatements('insert into `posts`')];
  meddle = (send, statement) =>
    [...early, ...late].reduceRight((next, held) => () => held.meddle(next, statement), send)();
  const commented = comment();
  const liked = app.request('PUT', `/v1/comments/${ids.commentId}/like`, {
    token: guest.token,
    settle: false,
  });
  const posted = app.request('POST', '/v1/posts', {
    token: author.token,
    headers: { 'idempotency-key': 'restart-post-1' },
    body: { careerId: ids.careerId, text: '다시 시작한 글', tags: ['함께쓰는'] },
    settle: false,
  });
  await Promise.all([...early, ...late].map(({ isHeld }) => isHeld));

  await mysql.stop();
  for (const { letGo } of early) letGo();
  const refused = [await commented, await app.request('GET', '/v1/me', { token: fan.token, settle: false })];
  expect(refused.map(({ status, body }) => [status, body.code])).toEqual([
    [503, 'unavailable'],
    [503, 'unavailable'],
  ]);
  for (const { headers } of refused) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);

  const { port } = gateway;
  await gateway.close();
  expect((await app.request('GET', '/v1/me', { token: fan.token, settle: false })).status).toBe(503);
  mysql = await openMysql();
  gateway = await startPlanetscaleGateway({ mysql, port });
  for (const { letGo } of late) letGo();
  expect([(await liked).status, (await posted).status]).toEqual([204, 201]);
  expect((await comment()).status).toBe(201);
  await expectSound(app);
  expect(await countStory(app)).toEqual(plus(afterStories(1), { posts: 1, comments: 1 }));
}, 120_000);

it('that loses the answer of COMMIT: whoever sends a request again finds it done', async () => {
  const before = await countStory(app);
  const client = patientClient(app);
  let commits = 0;
  meddle = async (send, statement) => {
    const response = await send();
    if (statement === 'COMMIT' && (commits += 1) % 3 === 0) throw new TypeError('the connection broke');
    return response;
  };
  await playStory(await makeCast(app), client);
  meddle = (send) => send();
  expect(client.tries).toBeGreaterThan(50);
  await expectSound(app);
  expect(await countStory(app)).toEqual(plus(before, afterStories(1)));
});

it('that fails over before any statement of a transaction: nobody notices', async () => {
  const before = await countStory(app);
  let transactions = 0;
  let place = 0;
  meddle = async (send, statement) => {
    if (statement === 'BEGIN') {
      transactions += 1;
      place = 0;
    }
    place += 1;
    // Every other transaction, before its second, third, fourth or fifth statement.
    if (transactions % 2 === 1 && place === 2 + (((transactions - 1) / 2) % 4)) await failOver();
    return send();
  };
  await playStory(await makeCast(app), oneTry(app));
  meddle = (send) => send();
  expect(app.logs.filter((line) => line.includes('transaction tried again')).length).toBeGreaterThan(20);
  await expectSound(app);
  expect(await countStory(app)).toEqual(plus(before, afterStories(1)));
});

function plus(counts: Record<string, number>, more: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).map(([name, n]) => [name, n + (more[name] ?? 0)]));
}
