/** Ports of the local edition: the one people know when it is free, else one near it. */
import { createServer, type AddressInfo } from 'node:net';

/** Neighbours are ten apart, so that the ports of a second checkout stand beside each other as those of the first do. */
const STEP = 10;

/** From here on the kernel hands out ports to outgoing connections (32768 to 60999), which come and go at random. */
const EPHEMERAL = 32_768;

/**
 * Calls `start` with `preferred` and, while that rejects with EADDRINUSE, with the ports ten, twenty, … above. 0 (any
 * free port) is tried as it is. Rejects with what `start` rejected with last.
 */
export async function listenNear<T>(
  preferred: number | undefined,
  start: (port: number) => Promise<T>,
): Promise<T> {
  for (let port = preferred ?? 0; ; port += STEP) {
    try {
      return await start(port);
    } catch (error) {
      const isBusy = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (!isBusy || port === 0 || port + STEP >= EPHEMERAL) throw error;
    }
  }
}

/** The first free port on 127.0.0.1 at `preferred` or ten, twenty, … above it; any for 0. It may be taken by the time it is used. */
export async function findFreePort(preferred: number): Promise<number> {
  return await listenNear(preferred, async (port) => {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    const { port: free } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return free;
  });
}
