/** Everything that a test app has in Redis. */
import type { TestApp } from './app.ts';

const READ: Record<string, (key: string) => (string | number)[]> = {
  string: (key) => ['GET', key],
  hash: (key) => ['HGETALL', key],
  zset: (key) => ['ZRANGE', key, 0, -1],
};

/** A line a key, its value in JSON. Throws on a type of value that it cannot read. */
export async function readRedis(app: TestApp): Promise<string[]> {
  const lines: string[] = [];
  for (const key of (await app.redis('KEYS', '*')) as string[]) {
    const type = String(await app.redis('TYPE', key));
    const read = READ[type];
    if (!read) throw new Error(`teach this to read a ${type}`);
    lines.push(`${key} ${JSON.stringify(await app.redis(...read(key)))}`);
  }
  return lines;
}
