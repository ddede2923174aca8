import type { Ctx } from '../../platform/context.ts';
import { hmac, randomDigits, randomToken } from '../../platform/crypto.ts';
import { AppError } from '../../platform/errors.ts';
import { spendExact } from '../../platform/exact-limits.ts';
import type { Address } from './addresses.ts';
import { CODE_LIFETIME_SECONDS, PROOF_LIFETIME_SECONDS, type CodePurpose } from './schemas.ts';

const MAX_WRONG_TRIES = 5;

/**
 * Opens a verification: limits first (1 in 30 s and 10 a day an address, 3 an hour an address from one network), then
 * a code that counts only with the id answered here. Several may be open for one address, so that a stranger's asking
 * does not void mine; each carries its own five tries. Throws `code_requested_too_often`, or CacheUnavailable.
 */
export async function openVerification(
  ctx: Ctx,
  address: Address,
  purpose: CodePurpose,
  network: string,
): Promise<{ verificationId: string; code: string }> {
  const { deps } = ctx;
  const retryAfter = await spendExact(deps, [
    { key: `code 30s ${address.key}`, max: 1, windowMs: 30_000 },
    { key: `code day ${address.key}`, max: 10, windowMs: 86_400_000 },
    { key: `code network ${address.key} ${network}`, max: 3, windowMs: 3600_000 },
  ]);
  if (retryAfter > 0) throw new AppError('code_requested_too_often', { retryAfter });
  const verificationId = randomToken();
  const code = randomDigits(6);
  const key = await codeKey(ctx, address, purpose, verificationId);
  const expiresAt = deps.clock.now().getTime() + CODE_LIFETIME_SECONDS * 1000;
  await deps.cache.eval(
    `redis.call('HSET', KEYS[1], 'c', ARGV[1], 'x', ARGV[2], 'n', 0)
     return redis.call('EXPIRE', KEYS[1], ARGV[3])`,
    [key],
    [await codeValue(ctx, verificationId, code), String(expiresAt), String(CODE_LIFETIME_SECONDS)],
  );
  return { verificationId, code };
}

/** Compares, counts a wrong try and burns the code in one step, so that parallel tries cannot get past five. */
const CONFIRM = `
local kept, expires, tries = unpack(redis.call('HMGET', KEYS[1], 'c', 'x', 'n'))
if not kept or tonumber(expires) <= tonumber(ARGV[2]) then return 'expired' end
if kept == ARGV[1] then redis.call('DEL', KEYS[1]) return 'right' end
if tonumber(tries) + 1 >= tonumber(ARGV[3]) then redis.call('DEL', KEYS[1]) else redis.call('HINCRBY', KEYS[1], 'n', 1) end
return 'wrong'`;

/** Turns a right code into a single-use proof of the address. Throws `code_wrong` or `code_expired`. */
export async function confirmCode(
  ctx: Ctx,
  input: { address: Address; purpose: CodePurpose; verificationId: string; code: string },
): Promise<string> {
  const { deps } = ctx;
  const key = await codeKey(ctx, input.address, input.purpose, input.verificationId);
  const value = await codeValue(ctx, input.verificationId, input.code);
  const now = String(deps.clock.now().getTime());
  const outcome = await deps.cache.eval(CONFIRM, [key], [value, now, String(MAX_WRONG_TRIES)]);
  if (outcome === 'wrong') throw new AppError('code_wrong');
  if (outcome !== 'right') throw new AppError('code_expired');
  const proof = randomToken();
  const expiresAt = deps.clock.now().getTime() + PROOF_LIFETIME_SECONDS * 1000;
  await deps.cache.set(await proofKey(ctx, input.address, input.purpose, proof), String(expiresAt), {
    ex: PROOF_LIFETIME_SECONDS,
  });
  return proof;
}

/**
 * Spends a proof around `work`: claimed first, so that it is used once however many present it at the same time, and
 * given back when the work fails. Throws `proof_invalid`.
 */
export async function withProof<T>(
  ctx: Ctx,
  input: { address: Address; purpose: CodePurpose; proof: string },
  work: () => Promise<T>,
): Promise<T> {
  const { cache, clock } = ctx.deps;
  const key = await proofKey(ctx, input.address, input.purpose, input.proof);
  const expiresAt = Number(await cache.getdel<string>(key));
  const secondsLeft = Math.ceil((expiresAt - clock.now().getTime()) / 1000);
  if (!expiresAt || secondsLeft <= 0) throw new AppError('proof_invalid');
  try {
    return await work();
  } catch (error) {
    await cache.set(key, String(expiresAt), { ex: secondsLeft });
    throw error;
  }
}

/** Redis holds neither the address nor the code: both go in as HMACs. */
async function codeKey(
  ctx: Ctx,
  address: Address,
  purpose: CodePurpose,
  verificationId: string,
): Promise<string> {
  return `code:${await hmac(ctx.deps.config.hmacSecret, `code ${purpose}`, `${address.key} ${verificationId}`)}`;
}

function codeValue(ctx: Ctx, verificationId: string, code: string): Promise<string> {
  return hmac(ctx.deps.config.hmacSecret, 'code value', `${verificationId} ${code}`);
}

async function proofKey(ctx: Ctx, address: Address, purpose: CodePurpose, proof: string): Promise<string> {
  return `proof:${await hmac(ctx.deps.config.hmacSecret, `proof ${purpose}`, `${address.key} ${proof}`)}`;
}
