/**
 * `npm run search:rebuild [-- people posts tags schools companies]`: builds search indexes anew beside the live ones and
 * swaps them, by jobs of the deployed Worker. All of them unless some are named. Speaks to the QStash of QSTASH_URL,
 * QSTASH_TOKEN and PUBLIC_URL; without these, to that of the running local edition.
 */
import { fileURLToPath } from 'node:url';
import { SEARCH_KINDS, rebuildSearch, type SearchKind } from '../../src/features/search/index.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createIdMaker } from '../../src/platform/ids.ts';
import { messageOf } from '../../src/platform/jobs/enqueue.ts';
import { createQueue } from '../../src/platform/jobs/queue.ts';
import { readLocalEdition, runCommand } from './local-edition.ts';

const USAGE = `npm run search:rebuild [-- ${SEARCH_KINDS.join(' ')}]`;

/** Hands the rebuild of each kind to QStash. Throws when a setting is missing or QStash does not take them. */
export async function askForRebuild(
  env: Record<string, string | undefined>,
  kinds: readonly SearchKind[] = SEARCH_KINDS,
): Promise<void> {
  const { QSTASH_URL, QSTASH_TOKEN, PUBLIC_URL } = env;
  if (!QSTASH_URL || !QSTASH_TOKEN || !PUBLIC_URL) throw new Error('QSTASH_URL, QSTASH_TOKEN, PUBLIC_URL');
  const ids = createIdMaker(systemClock);
  const messages = kinds.map((kind) => messageOf(rebuildSearch, { kind, run: ids.next() }));
  await createQueue({ QSTASH_URL, QSTASH_TOKEN, PUBLIC_URL }, fetch).publish(await Promise.all(messages));
}

function readKinds(words: readonly string[]): SearchKind[] {
  return words.map((word) => {
    const kind = SEARCH_KINDS.find((one) => one === word);
    if (!kind) throw new Error(USAGE);
    return kind;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runCommand(async () => {
    const named = readKinds(process.argv.slice(2));
    const kinds = named.length > 0 ? named : SEARCH_KINDS;
    await askForRebuild(process.env.QSTASH_URL ? process.env : readLocalEdition(), kinds);
    process.stdout.write(`${kinds.join(', ')}: 다시 만들기를 시작했습니다. / The rebuild has begun.\n`);
  });
}
