/** `DATABASE_URL=… npm run db:seed`: adds schools and departments that the directory lacks; changes none that it has. */
import { seedDirectory } from '../seed/seed.ts';
import { readLocalEdition, runCommand } from './local-edition.ts';

await runCommand(async () => {
  await seedDirectory(process.env.DATABASE_URL ?? readLocalEdition().DATABASE_URL ?? '');
  process.stdout.write('schools and departments: done\n');
});
