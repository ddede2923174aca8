/** What tests about people together need: many of them, blocks, those who leave, and counts. */
import { expect } from 'vitest';
import type { TestApp } from './app.ts';
import { signUpPerson, toSqlTime, type TestPerson } from './people.ts';

export async function signUpMany(app: TestApp, count: number): Promise<TestPerson[]> {
  return Promise.all(Array.from({ length: count }, () => signUpPerson(app)));
}

export async function block(app: TestApp, who: TestPerson, whom: TestPerson): Promise<void> {
  const answer = await app.request('PUT', `/v1/users/${whom.userId}/block`, { token: who.token });
  expect(answer.status).toBe(204);
}

/** The person leaves, as far as others see. */
export async function leave(app: TestApp, person: TestPerson): Promise<void> {
  await app.sql('update users set left_at = ? where id = ?', toSqlTime(app.clock.now()), person.userId);
}

/** The number `n` of a query's only row. */
export async function countOf(app: TestApp, query: string, ...parameters: unknown[]): Promise<number> {
  const [row] = await app.sql<{ n: string | number }>(query, ...parameters);
  return Number(row?.n);
}
