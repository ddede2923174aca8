/** The way through sign-up as an app walks it, for tests about accounts. */
import type { AnyJson, Answer, TestApp } from './app.ts';

export const PASSWORD = '봄이 오면 꽃이 핀다';
export const NEW_PASSWORD = '여름밤 반딧불이 42';

export const CONSENTS = [
  { kind: 'terms', version: '2026-11-01' },
  { kind: 'privacy', version: '2026-11-01' },
];

type Step = { purpose?: string; token?: string; network?: string };

/** Asks for a code and reads it out of the mail. */
export async function askForCode(
  app: TestApp,
  email: string,
  step: Step = {},
): Promise<{ verificationId: string; code: string }> {
  const { purpose = 'sign_up', token, network } = step;
  const path = token ? '/v1/account/verifications' : '/v1/verifications';
  const sent = await app.request('POST', path, {
    body: { purpose, email },
    token,
    ...(network && { network }),
  });
  if (sent.status !== 202) throw new Error(`asking for a code: ${JSON.stringify(sent.body)}`);
  return { verificationId: sent.body.verificationId, code: await app.mail.waitForCode(email) };
}

/** Proves an address. */
export async function proveAddress(app: TestApp, email: string, step: Step = {}): Promise<string> {
  const sent = await askForCode(app, email, step);
  const confirmed = await app.request('POST', '/v1/verifications/confirm', {
    body: { purpose: step.purpose ?? 'sign_up', email, ...sent },
  });
  if (confirmed.status !== 200) throw new Error(`confirming a code: ${JSON.stringify(confirmed.body)}`);
  return confirmed.body.proof;
}

export function signUpBody(email: string, proof: string): AnyJson {
  return {
    email,
    proof,
    password: PASSWORD,
    name: '김민수',
    departmentId: 1,
    admissionYear: 2024,
    is14OrOlder: true,
    consents: CONSENTS,
    device: 'iPhone 17',
  };
}

/** Signs up from the first mail on. */
export async function signUp(
  app: TestApp,
  email: string,
): Promise<{ token: string; userId: string; sessionId: string }> {
  const proof = await proveAddress(app, email);
  const answer = await app.request('POST', '/v1/account', { body: signUpBody(email, proof) });
  if (answer.status !== 201) throw new Error(`signing up: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

export function logIn(app: TestApp, email: string, password = PASSWORD, network?: string): Promise<Answer> {
  return app.request('POST', '/v1/sessions', {
    body: { email, password, device: 'Galaxy' },
    ...(network && { network }),
  });
}
