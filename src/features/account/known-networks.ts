import type { Ctx, Deps } from '../../platform/context.ts';
import { hmac } from '../../platform/crypto.ts';

const KNOWN_SECONDS = 90 * 86_400;

/** From which networks an account has logged in, in Redis: one key an address, all of it as HMACs. */
async function placeOf(deps: Deps, addressKey: string): Promise<string> {
  return `known:${await hmac(deps.config.hmacSecret, 'known networks', addressKey)}`;
}

function memberOf(deps: Deps, network: string): Promise<string> {
  return hmac(deps.config.hmacSecret, 'known network', network);
}

/** Whether somebody logged in with this address from this network in the last 90 days. Throws CacheUnavailable. */
export async function isNetworkKnown({ deps }: Ctx, addressKey: string, network: string): Promise<boolean> {
  const place = await placeOf(deps, addressKey);
  const seenAt = await deps.cache.zscore(place, await memberOf(deps, network));
  return seenAt !== null && Number(seenAt) > deps.clock.now().getTime() / 1000 - KNOWN_SECONDS;
}

/** Remembers a network after a right password; those not seen for 90 days are forgotten with it. */
export async function rememberNetwork({ deps }: Ctx, addressKey: string, network: string): Promise<void> {
  const place = await placeOf(deps, addressKey);
  const now = Math.floor(deps.clock.now().getTime() / 1000);
  const pipeline = deps.cache.pipeline();
  pipeline.zadd(place, { score: now, member: await memberOf(deps, network) });
  pipeline.zremrangebyscore(place, 0, now - KNOWN_SECONDS);
  pipeline.expire(place, KNOWN_SECONDS);
  await pipeline.exec();
}

/** Forgets them all, for the purge. Throws CacheUnavailable: then the purge tries again. */
export async function forgetNetworks(deps: Deps, addressKeys: readonly string[]): Promise<void> {
  const places = await Promise.all(addressKeys.map((key) => placeOf(deps, key)));
  if (places.length > 0) await deps.cache.del(...places);
}
