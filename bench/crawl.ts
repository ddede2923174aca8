/**
 * What reading one answer of a crawled site costs (processor time and memory, at a usual size and at the cap), and at what
 * pace a crawl asks each host.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { BenchContext } from './context.ts';
import { measurePace } from './crawl-pace.ts';
import { crawlSamples, type CrawlMeasurement } from './crawl-samples.ts';
import type { Report, Row } from './report.ts';

/** A full feed of Google News. */
const USUAL_BYTES = 134 * 1024;
/** crawl-sources.md §4.1: a full feed once warm, and as the first of an isolate. */
const WARM_MS = 8;
const COLD_MS = 70;
/** Whatever the input. */
const CAP_MS = 1000;
/** Half of the 128 MB that an isolate has. */
const ALLOCATED_KIB = 64 * 1024;

const PROCESS = join(import.meta.dirname, 'crawl-process.ts');

/** Runs the bench. */
export async function runCrawlBench(ctx: Omit<BenchContext, 'dataSet'>): Promise<Report> {
  const rows = readEachSource(ctx.say);
  rows.push(...(await measurePace(ctx)));
  return { rows, missing: [], details: {} };
}

function readEachSource(say: BenchContext['say']): Row[] {
  const rows: Row[] = [];
  for (const [name, { maxBytes }] of Object.entries(crawlSamples)) {
    say(`reading ${name}`);
    const usual = measure(name, Math.min(USUAL_BYTES, maxBytes));
    const cap = measure(name, maxBytes);
    rows.push(
      { what: `${name}, ${toKib(usual)} KiB`, measured: usual.warmMs, unit: 'ms', budget: { most: WARM_MS } },
      { what: '  the first time', measured: usual.coldMs, unit: 'ms', budget: { most: COLD_MS } },
      {
        what: `  ${toKib(cap)} KiB, the first time`,
        measured: cap.coldMs,
        unit: 'ms',
        budget: { most: CAP_MS },
      },
      { what: '  memory for that', measured: cap.allocatedKib, unit: 'KiB', budget: { most: ALLOCATED_KIB } },
    );
  }
  return rows;
}

/** In a process of its own, so that nothing is warm. */
function measure(name: string, bytes: number): CrawlMeasurement {
  const output = execFileSync(process.execPath, [PROCESS, name, String(bytes)], { encoding: 'utf8' });
  return JSON.parse(output) as CrawlMeasurement;
}

function toKib({ bytes }: CrawlMeasurement): number {
  return Math.round(bytes / 1024);
}
