import type { Deps } from './context.ts';
import { hmac } from './crypto.ts';

/** At most `max` in a window of `windowMs` that opens with the first. `key` may hold addresses: it is stored as an HMAC. */
export type ExactLimit = { key: string; max: number; windowMs: number };

/** Checks every window first and counts in all of them only when none is full. Answers milliseconds to wait, 0 when counted. */
const SPEND = `
local now = tonumber(ARGV[1])
local wait = 0
for i, key in ipairs(KEYS) do
  local max, length = tonumber(ARGV[i * 2]), tonumber(ARGV[i * 2 + 1])
  local start, count = tonumber(redis.call('HGET', key, 's')), tonumber(redis.call('HGET', key, 'n'))
  if start and now - start < length and count >= max then wait = math.max(wait, start + length - now) end
end
if wait > 0 then return wait end
for i, key in ipairs(KEYS) do
  local length = tonumber(ARGV[i * 2 + 1])
  local start = tonumber(redis.call('HGET', key, 's'))
  if not start or now - start >= length then
    redis.call('HSET', key, 's', now, 'n', 1)
    redis.call('PEXPIRE', key, length)
  else redis.call('HINCRBY', key, 'n', 1) end
end
return 0`;

/**
 * Counts one act against exact limits, all or none, in one Redis call. Answers the seconds to wait, 0 when the act
 * may go on. Throws CacheUnavailable: what is limited exactly does not go on without its counter.
 */
export async function spendExact(deps: Deps, limits: readonly ExactLimit[]): Promise<number> {
  const keys = await Promise.all(limits.map((limit) => limitKey(deps, limit.key)));
  const bounds = limits.flatMap(({ max, windowMs }) => [String(max), String(windowMs)]);
  const wait = await deps.cache.eval(SPEND, keys, [String(deps.clock.now().getTime()), ...bounds]);
  return Math.ceil(Number(wait) / 1000);
}

const REFUND = `
for _, key in ipairs(KEYS) do
  if tonumber(redis.call('HGET', key, 'n') or 0) > 0 then redis.call('HINCRBY', key, 'n', -1) end
end
return 0`;

/** Takes one count back: the act turned out not to be of the kind that is limited (a right password). */
export async function refundExact(deps: Deps, keys: readonly string[]): Promise<void> {
  const names = await Promise.all(keys.map((key) => limitKey(deps, key)));
  await deps.cache.eval(REFUND, names, []);
}

async function limitKey(deps: Deps, key: string): Promise<string> {
  return `limit:${await hmac(deps.config.hmacSecret, 'limit', key)}`;
}
