/** Fills a fresh local database with the demo population, as if it had been using Loop Us for a month. */
import { Client } from '@planetscale/database';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { drizzle, type PlanetScaleDatabase } from 'drizzle-orm/planetscale-serverless';
import { userEmails, users } from '../../src/schema/accounts.ts';
import { createPopulation, demoPassword, demoScale } from './people.ts';
import { allIds, askForRanking, countTagDays, recounts } from './recount.ts';
import { makeRows } from './rows.ts';

const ROWS_AT_ONCE = 1000;

/** Somebody to look around as: the most followed of the demo population. */
export type DemoLogIn = { name: string; email: string; password: string };

/**
 * Makes the demo population unless there are users already; all of it or, when it fails half way, nothing. Its last posts
 * are just before `now`. Answers whom to log in as, undefined when the database holds other people than these.
 */
export async function seedDemo(
  databaseUrl: string,
  options: { now: Date; hashPassword(password: string): Promise<string> },
): Promise<DemoLogIn | undefined> {
  const db = drizzle({ client: new Client({ url: databaseUrl }) });
  const population = createPopulation(demoScale(options.now.getTime()));
  const [anyone] = await db.select({ id: users.id }).from(users).limit(1);
  if (!anyone) {
    const passwordHash = await options.hashPassword(demoPassword);
    await db.transaction(async (tx) => {
      for (const { table, rows } of makeRows(population, passwordHash)) {
        for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
          await tx.insert(table).values(rows.slice(from, from + ROWS_AT_ONCE));
        }
      }
      for (const recount of recounts) await tx.execute(sql.raw(recount.write(...allIds)));
      await tx.execute(sql.raw(countTagDays));
      for (const ask of askForRanking) await tx.execute(sql.raw(ask));
    });
  }
  // The first person is the one whom the population follows and reads most.
  return findLogIn(db, population.person(0).email);
}

async function findLogIn(db: PlanetScaleDatabase, email: string): Promise<DemoLogIn | undefined> {
  const [person] = await db
    .select({ name: users.name, email: userEmails.address })
    .from(userEmails)
    .innerJoin(users, eq(users.id, userEmails.userId))
    .where(and(eq(userEmails.addressKey, email), isNull(users.leftAt)));
  return person && { ...person, password: demoPassword };
}
