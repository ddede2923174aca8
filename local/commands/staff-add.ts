/**
 * `npm run staff:add -- <email> <reader|writer>`: gives somebody a role among the staff, or changes it. Works on the
 * database of DATABASE_URL; without it, on that of the running local edition.
 */
import { fileURLToPath } from 'node:url';
import { Client } from '@planetscale/database';
import { systemClock } from '../../src/platform/clock.ts';
import { createIdMaker } from '../../src/platform/ids.ts';
import { readLocalEdition, runCommand } from './local-edition.ts';

export type StaffRole = 'reader' | 'writer';

const USAGE = 'npm run staff:add -- <email> <reader|writer>';

/** Writes the role row and the audit row in one transaction. Throws on an address or role that is none. */
export async function addStaff(
  databaseUrl: string,
  email: string | undefined,
  role: string | undefined,
): Promise<{ email: string; role: StaffRole }> {
  if (!email || !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email) || email.length > 254) throw new Error(USAGE);
  if (role !== 'reader' && role !== 'writer') throw new Error(USAGE);
  const ids = createIdMaker(systemClock);
  const key = email.toLowerCase();
  await new Client({ url: databaseUrl }).transaction(async (tx) => {
    await tx.execute(
      `insert into staff (email, id, role, created_at) values (?, ?, ?, utc_timestamp(3))
       on duplicate key update role = values(role), removed_at = null`,
      [key, ids.next(), role],
    );
    const { rows } = await tx.execute('select id from staff where email = ?', [key]);
    const staffId = (rows[0] as { id: string }).id;
    await tx.execute(
      `insert into audit_log (id, staff_id, action, target_kind, target_id, detail, request_id, created_at)
       values (?, ?, 'staff.added', 'staff', ?, ?, 'npm run staff:add', utc_timestamp(3))`,
      [ids.next(), staffId, staffId, JSON.stringify({ role })],
    );
  });
  return { email: key, role };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runCommand(async () => {
    const databaseUrl = process.env.DATABASE_URL ?? readLocalEdition().DATABASE_URL ?? '';
    const [, , email, role] = process.argv;
    const added = await addStaff(databaseUrl, email, role);
    process.stdout.write(`${added.email}: ${added.role}\n`);
  });
}
