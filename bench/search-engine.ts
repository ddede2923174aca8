/** The engine of the search bench: the real one of MEILI_URL, or the stand-in in a process of its own with memory enough. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LatencyProfile } from '../local/data-plane.ts';
import { startMeilisearch } from '../local/meilisearch/server.ts';

export type BenchEngine = { url: string; key: string; isStandIn: boolean; stop(): Promise<void> };

const MEMORY_MIB = 8192;
/** As the data plane adds it. */
const AWAY_MS: Record<LatencyProfile, number> = { none: 0, tokyo: 5 };

/** Ends with us: the child goes when the channel to it closes. */
export async function startEngine(latency: LatencyProfile): Promise<BenchEngine> {
  const { MEILI_URL, MEILI_KEY = 'none' } = process.env;
  if (MEILI_URL)
    return {
      url: MEILI_URL.replace(/\/$/, ''),
      key: MEILI_KEY,
      isStandIn: false,
      async stop() {
        // It is somebody else's.
      },
    };
  const key = randomBytes(16).toString('hex');
  const child = fork(join(import.meta.dirname, 'search-engine.ts'), [], {
    execArgv: [`--max-old-space-size=${MEMORY_MIB}`],
  });
  child.send({ key, latencyMs: AWAY_MS[latency] });
  const [started] = (await once(child, 'message')) as [{ url: string }];
  return {
    url: started.url,
    key,
    isStandIn: true,
    async stop() {
      child.disconnect();
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.once('message', (options: { key: string; latencyMs: number }) => {
    void startMeilisearch(options).then(({ url }) => process.send?.({ url }));
  });
  process.once('disconnect', () => process.exit());
}
