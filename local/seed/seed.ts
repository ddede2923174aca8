/** Fills a migrated database with what the product cannot do without: the directory of schools and departments. */
import { Client } from '@planetscale/database';
import { sql } from 'drizzle-orm';
import { drizzle, type PlanetScaleDatabase } from 'drizzle-orm/planetscale-serverless';
import { departments as seedDepartments } from '../../src/features/schools/departments.ts';
import { schools as seedSchools } from '../../src/features/schools/directory.ts';
import { departments, schoolDomains, schools } from '../../src/schema/schools.ts';

/** Adds what the directory lacks and never touches a row that is there: staff may have edited it. Safe to repeat. */
export async function seedDirectory(databaseUrl: string): Promise<void> {
  const db: PlanetScaleDatabase = drizzle({ client: new Client({ url: databaseUrl }) });
  await db
    .insert(schools)
    .values(
      seedSchools.map(({ id, nameKo, nameEn, region, aliases }) => ({
        id,
        nameKo,
        nameEn,
        region,
        aliases: aliases.join('\n'),
      })),
    )
    .onDuplicateKeyUpdate({ set: { id: sql`id` } });
  await db
    .insert(schoolDomains)
    .values(
      seedSchools.flatMap(({ id, emailDomains }) => emailDomains.map((domain) => ({ domain, schoolId: id }))),
    )
    .onDuplicateKeyUpdate({ set: { domain: sql`domain` } });
  await db
    .insert(departments)
    .values(
      seedDepartments.map(({ id, nameKo, nameEn, fieldId, aliases }) => ({
        id,
        nameKo,
        nameEn,
        fieldId,
        aliases: aliases.join('\n'),
      })),
    )
    .onDuplicateKeyUpdate({ set: { id: sql`id` } });
}
