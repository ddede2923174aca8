/** Writes docs/openapi.json from the routes: `npm run openapi`. The committed copy is what changes are held against. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { endpoints } from '../../src/app.ts';
import { openApiDocument } from '../../src/platform/http/docs.ts';

const path = resolve(import.meta.dirname, '../../docs/openapi.json');
writeFileSync(path, `${JSON.stringify(openApiDocument(endpoints, 'https://api.loopus.kr'), null, 1)}\n`);
process.stdout.write(`docs/openapi.json: ${endpoints.length} routes\n`);
