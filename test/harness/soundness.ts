/** After a fault: everything catches up, and then nothing is lost, nothing is doubled and nothing is left over. */
import { expect, inject } from 'vitest';
import { indexes } from '../../src/features/search/indexes/all.ts';
import { SEARCH_KINDS } from '../../src/features/search/index.ts';
import { recountMarked } from '../../src/features/ranking/recount-activity.ts';
import { loadWeights } from '../../src/features/ranking/weights.ts';
import type { ActivityDay } from '../../src/features/ranking/mark-activity.ts';
import type { AnyJson, TestApp } from './app.ts';
import type { Sql } from './database.ts';
import { findBroken, findBrokenInvariants } from './invariants.ts';
import { indexPrefixOf } from './search.ts';

/** Longer than any back-off that a fault of these tests can lead to (minutes). */
const PATIENCE = 120;

/** Who must have been told of what, by the rows that are the cause. */
const CAUSES = `
  select followee_id as user_id, concat('follow:', follower_id) as cause_key from follows
  union all select author_id, concat(if(target_kind = 1, 'post_like:', 'comment_like:'), target_id) from likes where author_id <> user_id
  union all select post_author_id, concat('comment:', id) from comments where parent_id = 0 and deleted_at is null and author_id <> post_author_id
  union all select parent.author_id, concat('reply:', reply.id) from comments as reply inner join comments as parent on parent.id = reply.parent_id
    where reply.deleted_at is null and reply.author_id <> parent.author_id
  union all select reply.reply_to_user_id, concat('mention:', reply.id) from comments as reply inner join comments as parent on parent.id = reply.parent_id
    where reply.deleted_at is null and reply.reply_to_user_id <> parent.author_id and reply.reply_to_user_id <> reply.author_id
  union all select user_id, concat('career_invitation:', career_id) from career_members where state = 'invited'
  union all select m.user_id, concat('career_post:', posts.id) from posts inner join careers on careers.id = career_id
    inner join career_members as m on m.career_id = careers.id where kind = 'group' and state = 'active' and m.user_id <> posts.author_id and posts.deleted_at is null`;

/** What is still to do, or has come to no good end. */
const UNFINISHED: Record<string, string> = {
  'an event that was not reacted to': 'select 1 from outbox',
  'a dead letter': 'select 1 from dead_letters',
  'a job that never ended': 'select 1 from job_runs where finished_at is null',
  'a schedule whose last run failed':
    "select 1 from schedule_runs as run where state <> 'done' and due_at = (select max(due_at) from schedule_runs as newest where newest.name = run.name)",
  'an export that was not made': "select 1 from data_exports where state = 'asked'",
  'an upload that was not finished': "select 1 from media where state = 'uploading'",
};

const LOST: Record<string, string> = {
  'somebody who was not told': `select 1 from (${CAUSES}) as causes left join notifications as n using (user_id, cause_key) where n.user_id is null`,
  'a cause that was not pushed': `select 1 from (${CAUSES}) as causes inner join push_devices as d using (user_id) where not exists (select 1 from push_sends as s where s.device_id = d.id and s.push_key like concat(causes.cause_key, ':%'))`,
  'a message that was not pushed':
    "select 1 from messages inner join room_members as m on m.room_id = messages.room_id and m.user_id <> sender_id and m.read_sequence < sequence inner join push_devices as d on d.user_id = m.user_id where not exists (select 1 from push_sends as s where s.device_id = d.id and s.push_key = concat('message:', messages.room_id, ':', sequence))",
};

/** What is wrong in MySQL once everything but the search index should have caught up. Empty when all is well. */
export async function findDisorder(sql: Sql): Promise<Record<string, number>> {
  return { ...(await findBrokenInvariants(sql)), ...(await findBroken(sql, { ...UNFINISHED, ...LOST })) };
}

/** Time passes until nothing is to be done any more. */
export async function catchUp(app: TestApp): Promise<void> {
  await app.settle();
  for (let minute = 0; minute < PATIENCE; minute += 1) {
    await app.passTime(1);
    const [row] = await app.sql<{ n: string }>(
      "select (select count(*) from outbox) + (select count(*) from search_changes where destination = 'live') as n",
    );
    const isDelivered = (await app.queue.deliveries()).every(({ state }) => state !== 'waiting');
    if (isDelivered && Number(row?.n) === 0) return;
  }
}

/** The one check that follows every fault. */
export async function expectSound(app: TestApp): Promise<void> {
  await catchUp(app);
  expect(await findDisorder(app.sql)).toEqual({});
  expect(await findLostDeliveries(app)).toEqual([]);
  await expectMailedOnce(app);
  await expectPushedOnce(app);
  await expectIndexed(app);
  await expectActivityCounted(app);
  await expectStored(app);
}

async function findLostDeliveries(app: TestApp): Promise<AnyJson[]> {
  return (await app.queue.deliveries()).filter(({ state }) => state !== 'delivered');
}

async function expectMailedOnce(app: TestApp): Promise<void> {
  const rows = await app.sql<{ address: string; exports: string }>(
    `select address, (select count(*) from data_exports where data_exports.user_id = e.user_id and state = 'ready') as exports
     from user_emails as e where purpose = 'school'`,
  );
  for (const { address, exports } of rows) {
    const subjects = (await app.mail.list(address)).map(({ subject }) => String(subject));
    const count = (words: string) => subjects.filter((subject) => subject.includes(words)).length;
    expect([address, count('환영합니다'), count('데이터가 준비')]).toEqual([address, 1, Number(exports)]);
  }
}

async function expectPushedOnce(app: TestApp): Promise<void> {
  const rows = await app.sql<{ token: string; pushes: string }>(
    'select token, (select count(*) from push_sends where device_id = push_devices.id) as pushes from push_devices',
  );
  const response = await fetch(`${inject('dataPlane').urls.fcm}/_control/sent`);
  const { sent } = (await response.json()) as { sent: { token: string }[] };
  const counts = new Map(rows.map(({ token }) => [token, 0]));
  for (const { token } of sent) if (counts.has(token)) counts.set(token, (counts.get(token) ?? 0) + 1);
  expect(Object.fromEntries(counts)).toEqual(
    Object.fromEntries(rows.map(({ token, pushes }) => [token, Number(pushes)])),
  );
}

type Documents = Record<string, object>;

const byId = (documents: readonly AnyJson[]): Documents =>
  Object.fromEntries(documents.map((document) => [document.id, document]));

/** Every live index holds what MySQL has now, no more and no less. */
async function expectIndexed(app: TestApp): Promise<void> {
  expect(await app.sql("select kind, target_id from search_changes where destination = 'live'")).toEqual([]);
  for (const kind of SEARCH_KINDS) {
    const stored = await app.asSystem(async (ctx) => {
      const ids = await indexes[kind].listIds(ctx, undefined, 10_000);
      return ids.length > 0 ? indexes[kind].load(ctx, ids) : [];
    });
    const response = await fetch(
      `${app.urls.search}/indexes/${indexPrefixOf(app)}_${kind}/documents?limit=10000`,
      { headers: { authorization: `Bearer ${String(app.env['MEILI_KEY'])}` } },
    );
    const { results } = (await response.json()) as { results: AnyJson[] };
    expect(byId(results), kind).toEqual(byId(stored));
  }
}

/** The activity that the ranking goes by, counted from marks, is that of all the rows: no mark was lost. */
async function expectActivityCounted(app: TestApp): Promise<void> {
  const read = () => app.sql('select * from activity_days order by user_id, day');
  await recountActivity(app);
  const counted = await read();
  await app.sql(
    `insert ignore into activity_marks select id, day from users inner join
       (select day from posts union select day from likes union select day from comments union select day from bookmarks union select day from post_views) as days`,
  );
  await recountActivity(app);
  expect(counted).toEqual(await read());
}

async function recountActivity(app: TestApp): Promise<void> {
  await app.asSystem(async (ctx) => {
    const weights = await loadWeights(ctx);
    let position: ActivityDay | undefined;
    do position = (await recountMarked(ctx, weights, position)).next;
    while (position);
  });
}

/** Every object in R2 belongs to a row, and every row that has one finds it. */
async function expectStored(app: TestApp): Promise<void> {
  const rows = await app.sql<{ name: string }>(
    "select object_key as name from media where state in ('claimed', 'pending') and kind in ('image', 'file', 'avatar')",
  );
  const stored = app.media.keys().filter((key) => !key.startsWith('exports/'));
  expect(stored.toSorted()).toEqual(rows.map(({ name }) => name).toSorted());
}
