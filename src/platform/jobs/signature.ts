import { Receiver } from '@upstash/qstash';
import type { Context } from 'hono';
import type { SystemActor } from '../context.ts';
import { AppError } from '../errors.ts';
import type { AppContext } from '../http/app-context.ts';
import { describeError } from '../log.ts';
import { JOB_PATH } from './queue.ts';

export type SigningKeys = { currentSigningKey: string; nextSigningKey: string; publicUrl: string };

/**
 * Lets in what QStash has signed: by the current or the next key, for exactly this address and this body, not expired.
 * Throws `unauthenticated` for anything else.
 */
export async function authenticateJob(c: Context<AppContext>, keys: SigningKeys): Promise<SystemActor> {
  const signature = c.req.header('upstash-signature');
  if (!signature) throw new AppError('unauthenticated');
  const { currentSigningKey, nextSigningKey } = keys;
  const receiver = new Receiver({ currentSigningKey, nextSigningKey, devMode: false });
  try {
    await receiver.verify({ signature, body: await c.req.text(), url: `${keys.publicUrl}${JOB_PATH}` });
  } catch (error) {
    c.get('log').warn('job delivery refused', describeError(error));
    throw new AppError('unauthenticated');
  }
  return { kind: 'system' };
}
