/** Staff for tests: the local signer in place of Cloudflare Access, and role rows. */
import { startAccess, type TokenRequest } from '../../local/access/signer.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createIdMaker } from '../../src/platform/ids.ts';
import type { Answer, RequestOptions, TestApp } from './app.ts';
import { toSqlTime } from './people.ts';

const ids = createIdMaker(systemClock);

export type TestStaff = {
  issuerUrl: string;
  /** A role row. Answers the staff id. */
  add(email: string, role: 'reader' | 'writer'): Promise<string>;
  token(request: TokenRequest): Promise<string>;
  /** The signing key changes; the one before stays published until the next change. */
  rotate(): Promise<void>;
  /** A request with a token for this address. */
  request(email: string, method: string, path: string, options?: RequestOptions): Promise<Answer>;
  close(): Promise<void>;
};

export async function startStaff(app: TestApp): Promise<TestStaff> {
  const access = await startAccess({ audience: String(app.env['STAFF_ACCESS_AUDIENCE']) });
  app.env['STAFF_ACCESS_ISSUER'] = access.issuer;
  app.forgetEnv();

  async function control<T>(name: string, body: object): Promise<T> {
    const response = await fetch(`${access.url}/_control/${name}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    return (await response.json()) as T;
  }

  async function token(request: TokenRequest): Promise<string> {
    return (await control<{ token: string }>('sign', request)).token;
  }

  return {
    issuerUrl: access.url,
    token,
    async add(email, role) {
      const id = ids.next();
      await app.sql(
        'insert into staff (email, id, role, created_at) values (?, ?, ?, ?)',
        email,
        id,
        role,
        toSqlTime(app.clock.now()),
      );
      return id;
    },
    async rotate() {
      await control('rotate', {});
    },
    async request(email, method, path, options = {}) {
      return app.request(method, path, {
        ...options,
        headers: { ...options.headers, 'cf-access-jwt-assertion': await token({ email }) },
      });
    },
    close: () => access.close(),
  };
}
