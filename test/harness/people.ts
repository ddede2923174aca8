/** People for tests: rows written directly, because sign-up has its own tests. */
import { createHash, randomBytes } from 'node:crypto';
import { createIdMaker } from '../../src/platform/ids.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { TestApp } from './app.ts';

const ids = createIdMaker(systemClock);
let count = 0;

export type TestPerson = { userId: string; token: string; sessionId: string; email: string; name: string };

export type PersonOptions = {
  name?: string;
  /** Id in the school directory; 1 when absent. */
  schoolId?: number;
  departmentId?: number;
  fieldId?: number;
  admissionYear?: number;
};

/** A student with a session. */
export async function signUpPerson(app: TestApp, options: PersonOptions = {}): Promise<TestPerson> {
  count += 1;
  const userId = ids.next();
  const sessionId = ids.next();
  const token = randomBytes(32).toString('base64url');
  const tokenHash = createHash('sha256').update(token).digest('base64url');
  const name = options.name ?? `학생${count}`;
  const email = `person${count}.${userId}@snu.ac.kr`;
  const now = toSqlTime(app.clock.now());
  const expires = toSqlTime(new Date(app.clock.now().getTime() + 90 * 86_400_000));
  await app.sql(
    `insert into users (id, kind, password_hash, name, school_id, department_id, field_id, admission_year, links, created_at)
     values (?, 'student', 'none', ?, ?, ?, ?, ?, '{}', ?)`,
    userId,
    name,
    options.schoolId ?? 1,
    options.departmentId ?? 1,
    options.fieldId ?? 1,
    options.admissionYear ?? 2024,
    now,
  );
  await app.sql(
    `insert into user_emails (address_key, user_id, purpose, address, verified_at) values (?, ?, 'school', ?, ?)`,
    email,
    userId,
    email,
    now,
  );
  await app.sql(
    `insert into sessions (id, token_hash, user_id, device, place, created_at, last_used_at, expires_at)
     values (?, ?, ?, 'test', '', ?, ?, ?)`,
    sessionId,
    tokenHash,
    userId,
    now,
    now,
    expires,
  );
  return { userId, token, sessionId, email, name };
}

/** A time as MySQL takes it, in UTC. */
export function toSqlTime(at: Date): string {
  return at.toISOString().slice(0, 23).replace('T', ' ');
}
