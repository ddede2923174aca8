import type { RowDataPacket } from 'mysql2/promise';
import { countTagDays, recounts } from '../local/seed/recount.ts';
import { firstIdAt } from '../src/platform/ids.ts';
import type { DataSet } from './data-set.ts';

/** Takes away what benches have written, now or in a run that was cut off: everything later than the data set. */
export async function removeTraces({ connection, until }: DataSet): Promise<void> {
  const first = firstIdAt(new Date(until));

  async function list(sql: string): Promise<string[]> {
    const [rows] = await connection.query<RowDataPacket[]>(sql);
    return rows.map(({ id }) => String(id));
  }

  async function recount(table: string, key: string, ids: readonly string[]): Promise<void> {
    for (const { write } of recounts.filter((known) => known.table === table && known.key === key)) {
      for (const id of ids) await connection.query(write(id, id));
    }
  }

  const authors = await list(`select distinct author_id as id from posts where id >= ${first}`);
  const careers = await list(`select distinct career_id as id from posts where id >= ${first}`);
  const liked = await list(
    `select distinct target_id as id from likes where id >= ${first} and target_kind = 1`,
  );
  const tagUses = await list(`select post_id as id from post_tags where post_id >= ${first} limit 1`);
  for (const statement of [
    `delete from likes where id >= ${first}`,
    `delete from post_tags where post_id >= ${first}`,
    `delete from posts where id >= ${first}`,
    `delete from tags where id >= ${first}`,
    'delete from sessions',
    'delete from outbox',
    'delete from notifications',
    'delete from push_sends',
    'delete from notifications',
    'delete from messages',
    'delete from room_members',
  ]) {
    await connection.query(statement);
  }
  await recount('users', 'id', authors);
  await recount('careers', 'id', careers);
  await recount('career_members', 'career_id', careers);
  await recount('posts', 'id', liked);
  if (tagUses.length === 0) return;
  await recount('tags', 'id', await list('select id from tags'));
  await connection.query('delete from tag_days');
  await connection.query(countTagDays);
}
