/** A client of the real Worker, as an app would be one: HTTP, and the mail that arrives by SMTP. */
import { inject } from 'vitest';
import type { AnyJson } from './app.ts';

export type WorkerAnswer = { status: number; body: AnyJson; headers: Headers };

export type WorkerRequest = {
  token?: string;
  body?: unknown;
  rawBody?: BodyInit;
  headers?: Record<string, string>;
};

/** Sends one request to the Worker of this run. */
export async function callWorker(
  method: string,
  path: string,
  options: WorkerRequest = {},
): Promise<WorkerAnswer> {
  const headers = new Headers(options.headers);
  if (options.token) headers.set('authorization', `Bearer ${options.token}`);
  if (options.body !== undefined) headers.set('content-type', 'application/json');
  const body = options.body === undefined ? options.rawBody : JSON.stringify(options.body);
  const response = await fetch(`${inject('worker').url}${path}`, {
    method,
    headers,
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    body: isJson && text ? JSON.parse(text) : text,
    headers: response.headers,
  };
}

/** The code in the newest mail to an address; waits for one to arrive. */
export async function waitForMailedCode(address: string): Promise<string> {
  const { mail } = inject('dataPlane').urls;
  const response = await fetch(`${mail}/api/messages?to=${encodeURIComponent(address)}&wait=20000`);
  const { messages } = (await response.json()) as { messages: { code: string | null }[] };
  const code = messages[0]?.code;
  if (!code) throw new Error(`no code was mailed to ${address}`);
  return code;
}

/** Signs a student up from the first mail on. */
export async function joinLoopUs(email: string, name: string): Promise<{ token: string; userId: string }> {
  const asked = await callWorker('POST', '/v1/verifications', { body: { purpose: 'sign_up', email } });
  const confirmed = await callWorker('POST', '/v1/verifications/confirm', {
    body: {
      purpose: 'sign_up',
      email,
      verificationId: asked.body.verificationId,
      code: await waitForMailedCode(email),
    },
  });
  const joined = await callWorker('POST', '/v1/account', {
    body: {
      email,
      proof: confirmed.body.proof,
      password: '봄이 오면 꽃이 핀다',
      name,
      departmentId: 1,
      admissionYear: 2024,
      is14OrOlder: true,
      consents: [
        { kind: 'terms', version: '2026-11-01' },
        { kind: 'privacy', version: '2026-11-01' },
      ],
    },
  });
  if (joined.status !== 201) throw new Error(`sign-up: ${JSON.stringify(joined.body)}`);
  return joined.body as { token: string; userId: string };
}
