/** Many people connected at once: what their sockets weigh in the Worker, and how soon a message is on the other's screen. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { BenchContext } from './context.ts';
import { percentile } from './percentiles.ts';
import { findProcess } from './processor-time.ts';
import { removeTraces } from './remove-traces.ts';
import type { Report } from './report.ts';
import { openSessions, type Viewer } from './viewers.ts';
import { buildWorker, startBuiltWorker, type RunningWorker } from './worker.ts';

const SOCKETS = 500;
const AT_ONCE = 20;
const MESSAGES = 300;
const SENDERS_AT_ONCE = 8;
const PATIENCE_MS = 30_000;

type Device = { viewer: Viewer; socket: WebSocket; heard: Map<string, number> };

/** Runs the bench; what it writes is gone afterwards. */
export async function runRealtimeBench(ctx: BenchContext): Promise<Report> {
  const { dataSet, plane, stateDir, say } = ctx;
  await removeTraces(dataSet);
  const built = await buildWorker(join(stateDir, 'worker'));
  const worker = await startBuiltWorker(built, { ...plane.env, DATABASE_URL: dataSet.databaseUrl });
  const report: Report = { rows: [], missing: [], details: {} };
  const devices: Device[] = [];
  try {
    const people = Array.from({ length: SOCKETS }, (_, index) => index + 1);
    const viewers = await openSessions(dataSet, people, new Date());
    const processId = findProcess(worker.configFile);
    const before = readMemoryKib(processId);
    say(`${SOCKETS} sockets …`);
    const from = performance.now();
    for (let start = 0; start < viewers.length; start += AT_ONCE) {
      const group = viewers.slice(start, start + AT_ONCE);
      devices.push(...(await Promise.all(group.map((viewer) => connect(worker, viewer)))));
    }
    const seconds = (performance.now() - from) / 1000;
    const after = readMemoryKib(processId);
    report.rows.push(
      { what: `sockets open at once`, measured: devices.length, unit: '', budget: { least: SOCKETS } },
      { what: `opening them, ${AT_ONCE} at a time`, measured: SOCKETS / seconds, unit: '/s' },
    );
    if (before === undefined || after === undefined) {
      report.missing.push('memory: /proc is not here, or the process was not found');
    } else {
      report.rows.push(
        { what: 'memory of the Worker before', measured: before, unit: 'KiB' },
        { what: '  a socket (object and all)', measured: (after - before) / SOCKETS, unit: 'KiB' },
      );
    }
    say('messages …');
    await measureDelivery(worker, devices, report);
    report.rows.push({
      what: 'sockets still open in the end',
      measured: devices.filter(({ socket }) => socket.readyState === WebSocket.OPEN).length,
      unit: '',
      budget: { least: SOCKETS },
    });
  } finally {
    for (const { socket } of devices) socket.terminate();
    await worker.stop();
    say('tidying up …');
    await removeTraces(dataSet);
  }
  return report;
}

async function connect({ url }: RunningWorker, viewer: Viewer): Promise<Device> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/realtime`, {
    headers: { authorization: `Bearer ${viewer.token}` },
  });
  const heard = new Map<string, number>();
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as { type: string; message?: { id: string } };
      if (frame.type === 'hello') resolve();
      if (frame.message) heard.set(frame.message.id, performance.now());
    });
  });
  return { viewer, socket, heard };
}

/** Resident memory of a process. */
function readMemoryKib(processId: number | undefined): number | undefined {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${processId}/status`, 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
}

async function call(worker: RunningWorker, { token }: Viewer, method: string, path: string, body?: object) {
  const response = await fetch(`${worker.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as { id: string };
}

/** From before the POST to the frame at the other person; half the people write to the other half. */
async function measureDelivery(
  worker: RunningWorker,
  devices: readonly Device[],
  { rows, missing }: Report,
): Promise<void> {
  const half = Math.floor(devices.length / 2);
  const alone: number[] = [];
  const crowded: number[] = [];
  const answers: number[] = [];
  let lost = 0;

  async function say(pair: number, into: number[]): Promise<void> {
    const [sender, receiver] = [devices[pair % half], devices[half + (pair % half)]];
    if (!sender || !receiver) return;
    const { id: roomId } = await call(
      worker,
      sender.viewer,
      'PUT',
      `/v1/users/${receiver.viewer.userId}/room`,
    );
    const from = performance.now();
    const path = `/v1/rooms/${roomId}/messages`;
    const { id } = await call(worker, sender.viewer, 'POST', path, { text: `측정 ${pair}` });
    answers.push(performance.now() - from);
    const deadline = from + PATIENCE_MS;
    while (!receiver.heard.has(id) && performance.now() < deadline) await sleep(1);
    const heardAt = receiver.heard.get(id);
    if (heardAt === undefined) lost += 1;
    else into.push(heardAt - from);
  }

  for (let pair = 0; pair < MESSAGES / 3; pair += 1) await say(pair, alone);
  let next = MESSAGES / 3;
  await Promise.all(
    Array.from({ length: SENDERS_AT_ONCE }, async () => {
      while (next < MESSAGES) await say(next++, crowded);
    }),
  );
  if (lost > 0) missing.push(`${lost} messages that did not arrive within ${PATIENCE_MS / 1000} s`);
  rows.push(
    { what: 'message answered: p50', measured: percentile(answers, 0.5), unit: 'ms' },
    { what: 'message on the other screen, one at a time: p50', measured: percentile(alone, 0.5), unit: 'ms' },
    { what: '  p99', measured: percentile(alone, 0.99), unit: 'ms' },
    {
      what: `message on the other screen, ${SENDERS_AT_ONCE} at a time: p50`,
      measured: percentile(crowded, 0.5),
      unit: 'ms',
    },
    { what: '  p99', measured: percentile(crowded, 0.99), unit: 'ms' },
    { what: 'messages that did not arrive', measured: lost, unit: '', budget: { most: 0 } },
  );
}
