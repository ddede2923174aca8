/**
 * `npm run crawl`: starts the day's crawl on the running local edition, or goes on with it, waits until it is done and
 * prints how each source went. Does what staff would, by the staff API.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type * as z from 'zod';
import type { DiscoveryRunDetail } from '../../src/features/discovery/staff-schemas.ts';
import { koreanDay } from '../../src/platform/korea-time.ts';
import { addStaff } from './staff-add.ts';
import { readLocalEdition, runCommand } from './local-edition.ts';

const EMAIL = 'crawl@loopus.local';
const LOOK_MS = 2000;
const clearLine = '\r\u001b[K';

type Report = z.output<typeof DiscoveryRunDetail>;
type SourceReport = Report['sources'][number];
type Call = (method: 'GET' | 'POST', path: string) => Promise<Response>;

await runCommand(async () => {
  const call = await comeInAsStaff();
  await startSchedule(call, 'discovery.daily');
  say('Ctrl-C를 눌러도 수집은 계속됩니다. / Ctrl-C ends the watching, not the crawl.');
  const report = await watchRun(call, koreanDay(new Date()));
  await startSchedule(call, 'discovery.strips');
  for (const { host, robots, openUntil } of report.hosts) {
    const rest = openUntil ? `, 쉬는 중 / at rest until ${openUntil}` : '';
    say(`${host}: robots.txt ${robots?.state ?? '-'}${rest}`);
  }
  for (const { name, day, used } of report.quotas) say(`${name} ${day}: ${used}`);
});

/** With a token that the local edition signs, and the role it takes to start a schedule. */
async function comeInAsStaff(): Promise<Call> {
  const { STAFF_ACCESS_ISSUER, PUBLIC_URL, DATABASE_URL = '' } = readLocalEdition();
  const signed = await fetch(`${STAFF_ACCESS_ISSUER}/_control/sign`, {
    method: 'POST',
    body: JSON.stringify({ email: EMAIL }),
  }).catch(() => {
    throw new Error('npm start가 실행 중이 아닙니다. / npm start is not running.');
  });
  const { token } = (await signed.json()) as { token: string };
  const call: Call = (method, path) =>
    fetch(`${PUBLIC_URL}/v1/staff${path}`, { method, headers: { 'cf-access-jwt-assertion': token } });
  if (!(await call('GET', '/me')).ok) await addStaff(DATABASE_URL, EMAIL, 'writer');
  return call;
}

async function startSchedule(call: Call, name: string): Promise<void> {
  const answer = await call('POST', `/schedules/${name}/start`);
  if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
}

/** Prints a line for each source as it is done, and, where somebody looks on, how far the others are. */
async function watchRun(call: Call, day: string): Promise<Report> {
  const told = new Set<string>();
  for (;;) {
    const report = await readReport(call, day);
    for (const source of report?.sources ?? []) {
      if (told.has(source.source) || source.done < source.planned) continue;
      told.add(source.source);
      say(describe(source));
    }
    if (report && told.size === report.sources.length) return report;
    if (report && process.stderr.isTTY) process.stderr.write(`${clearLine}${describeProgress(report)}`);
    await sleep(LOOK_MS);
  }
}

/** Undefined while the run has not begun. */
async function readReport(call: Call, day: string): Promise<Report | undefined> {
  const answer = await call('GET', `/discovery/runs/${day}`);
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Report;
}

function describe(source: SourceReport): string {
  const counts = (all: object): string =>
    Object.entries(all)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ') || '-';
  const outcomes = Object.fromEntries(source.outcomes.map(({ outcome, visits }) => [outcome, visits]));
  return [
    `${source.source.padEnd(12)} ${source.problem ?? counts(outcomes)}`,
    `  태그 / tags: ${source.hot} + ${source.rotated}, 남음 / left over: ${source.leftOver}`,
    `  새것 / stored: ${source.stored}, 있던 것 / known: ${source.known}, 뺀 것 / dropped: ${counts(source.dropped)}`,
  ].join('\n');
}

function describeProgress({ sources }: Report): string {
  return sources
    .filter(({ done, planned }) => done < planned)
    .map(({ source, done, planned }) => `${source} ${done}/${planned}`)
    .join('  ');
}

function say(line: string): void {
  process.stdout.write(`${process.stderr.isTTY ? clearLine : ''}${line}\n`);
}
