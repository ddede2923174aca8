/**
 * `DATABASE_URL=… npm run db:migrate`: brings a database to the schema of migrations/. For production the URL is that
 * of a PlanetScale branch: protected branches refuse direct changes, a deploy request carries them over.
 */
import { migrateDatabase } from '../migrate.ts';
import { readLocalEdition, runCommand } from './local-edition.ts';

await runCommand(async () => {
  await migrateDatabase(process.env.DATABASE_URL ?? readLocalEdition().DATABASE_URL ?? '');
  process.stdout.write('migrations/: done\n');
});
