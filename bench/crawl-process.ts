/** `node crawl-process.ts <sample> <bytes>`: reads it the first time and many times more, and prints what that took. */
import { getHeapStatistics } from 'node:v8';
import { crawlConfig, crawlNow, pageOf } from '../test/harness/crawl.ts';
import { sources } from '../src/features/discovery/sources/index.ts';
import { crawlSamples, makeSample, type CrawlMeasurement } from './crawl-samples.ts';
import { percentile } from './percentiles.ts';

const ROUNDS = 50;

const [name = '', bytes = ''] = process.argv.slice(2);
const sample = crawlSamples[name];
const source = sources.find(({ id }) => id === sample?.source);
if (!sample || !source) throw new Error(`no sample ${name}`);

const page = pageOf(makeSample(sample, Number(bytes)), {
  step: sample.step,
  url: 'https://brunch.co.kr/@a/1',
});
const read = () => source.parse(page, [], { now: crawlNow, config: crawlConfig });

const before = getHeapStatistics().total_allocated_bytes;
const coldMs = await time();
const after = getHeapStatistics().total_allocated_bytes;

const times: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) times.push(await time());
const measurement: CrawlMeasurement = {
  bytes: page.bytes.length,
  coldMs,
  warmMs: percentile(times, 0.5),
  allocatedKib: (after - before) / 1024,
};
process.stdout.write(JSON.stringify(measurement));

async function time(): Promise<number> {
  const start = process.cpuUsage();
  await read();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
