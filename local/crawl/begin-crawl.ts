/** In the local edition the day's crawl begins as soon as the app runs, so that a newcomer sees what it finds. */
import { Client } from '@planetscale/database';
import { koreanDay } from '../../src/platform/korea-time.ts';

const LOOK_MS = 5000;

type Begun = { planned: number; done: number };

/**
 * Makes the day's crawl due and has it started by `fireCron`; a day that is begun goes on where it is. While it goes on,
 * the strips of the feed, otherwise made each hour, are made anew whenever a good deal more has been found. The returned
 * function ends the watching, not the crawl.
 */
export async function beginCrawl(databaseUrl: string, fireCron: () => Promise<void>): Promise<() => void> {
  const database = new Client({ url: databaseUrl });
  const day = koreanDay(new Date());
  await askFor(database, 'discovery.daily');
  void fireCron();
  let known = 0;
  let isLooking = false;

  async function look(): Promise<void> {
    const { planned, done } = await readProgress(database, day);
    const isOver = planned > 0 && done === planned;
    if (isOver) clearInterval(timer);
    if (done > known * 1.5 || (isOver && done > known)) {
      known = done;
      await askFor(database, 'discovery.strips');
      await fireCron();
    }
  }

  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    // The data plane may be stopping; the next look, or the hour, makes up for this one.
    void look()
      .catch(() => undefined)
      .finally(() => (isLooking = false));
  }, LOOK_MS);
  return () => clearInterval(timer);
}

/** Makes a schedule due now, as staff would. */
async function askFor(database: Client, schedule: string): Promise<void> {
  await database.execute(
    `insert into schedules (name, due_at, due_by) values (?, utc_timestamp(3), 'staff')
     on duplicate key update due_at = least(due_at, values(due_at)), due_by = 'staff'`,
    [schedule],
  );
}

async function readProgress(database: Client, day: string): Promise<Begun> {
  const { rows } = await database.execute(
    "select count(*) as planned, coalesce(sum(state = 'done'), 0) as done from discovery_visits where day = ?",
    [day],
  );
  const { planned, done } = rows[0] as Record<keyof Begun, string>;
  return { planned: Number(planned), done: Number(done) };
}
