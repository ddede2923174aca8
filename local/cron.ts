/** `wrangler dev` never fires a cron trigger by itself; this does, each minute, as production would. */

const MINUTE_MS = 60_000;

/** Fires the Worker's `* * * * *` trigger on every full minute until the returned function is called. */
export function startCron(workerUrl: string, log: (line: string) => void): () => void {
  let timer: NodeJS.Timeout;
  function schedule(): void {
    timer = setTimeout(
      () => {
        schedule();
        void fireCron(workerUrl, log);
      },
      MINUTE_MS - (Date.now() % MINUTE_MS),
    );
  }
  schedule();
  return () => clearTimeout(timer);
}

/** Fires it once, now. Never rejects: a tick that fails is told to `log`, the next one catches up. */
export async function fireCron(workerUrl: string, log: (line: string) => void): Promise<void> {
  try {
    const answer = await fetch(`${workerUrl}/cdn-cgi/local/scheduled?cron=*+*+*+*+*`, {
      signal: AbortSignal.timeout(MINUTE_MS),
    });
    const words = await answer.text();
    if (!answer.ok) log(`cron: ${answer.status} ${words.slice(0, 200)}`);
  } catch (error) {
    log(`cron: ${error instanceof Error ? error.message : String(error)}`);
  }
}
