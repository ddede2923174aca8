import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { posts } from '../../schema/posts.ts';
import { createDatabase } from './client.ts';
import { prepareQuery } from './prepare-query.ts';

/** A database that answers nothing and remembers what it was asked. */
function openDeaf() {
  const asked: string[] = [];
  const db = createDatabase('http://user:password@localhost/database', async (_url, init) => {
    asked.push((JSON.parse(init?.body as string) as { query: string }).query);
    return Response.json({ result: {} });
  });
  return { db, asked };
}

it('goes through the database of each run, with the values of that run', async () => {
  let built = 0;
  const find = prepareQuery((db) => {
    built += 1;
    return db
      .select({ id: posts.id })
      .from(posts)
      .where(
        sql`${posts.id} in (${sql.placeholder('ids')}) and ${posts.authorId} = ${sql.placeholder('me')}`,
      );
  });
  const [one, other] = [openDeaf(), openDeaf()];
  await find(one.db, { ids: ['1', '2'], me: "3' or 1=1" });
  await find(other.db, { ids: ['4'], me: '5' });
  expect(one.asked).toEqual([
    "select `id` from `posts` where `posts`.`id` in ('1', '2') and `posts`.`author_id` = '3'' or 1=1'",
  ]);
  expect(other.asked).toEqual([
    "select `id` from `posts` where `posts`.`id` in ('4') and `posts`.`author_id` = '5'",
  ]);
  expect(built).toBe(1);
});

it('refuses to run with a value missing', async () => {
  const find = prepareQuery((db) =>
    db
      .select({ id: posts.id })
      .from(posts)
      .where(sql`${posts.id} = ${sql.placeholder('id')}`),
  );
  await expect(find(openDeaf().db, {})).rejects.toThrow('id');
});
