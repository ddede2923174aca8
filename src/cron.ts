import { createDeps, type Surroundings } from './deps.ts';
import { parseEnv } from './env.ts';
import { runTick } from './platform/tick.ts';

/** One tick of the cron trigger. Throws ConfigurationError when the Worker is not configured. */
export async function runCron(bindings: object, surroundings: Surroundings): Promise<void> {
  const requestId = crypto.randomUUID();
  const deps = createDeps(parseEnv(bindings), requestId, surroundings);
  await runTick({ deps, actor: { kind: 'system' }, requestId });
}
