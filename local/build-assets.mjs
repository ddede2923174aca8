// Copies what /docs shows: two files of swagger-ui out of its npm package, and the guides as plain text. wrangler runs this
// before every build.
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';

const from = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const to = join(import.meta.dirname, '..', 'dist', 'assets', 'docs-assets');
mkdirSync(to, { recursive: true });
for (const name of ['swagger-ui-bundle.js', 'swagger-ui.css']) copyFileSync(join(from, name), join(to, name));
const docs = join(import.meta.dirname, '..', 'docs');
for (const name of ['api-guide.ko', 'api-guide.en', 'realtime'])
  copyFileSync(join(docs, `${name}.md`), join(to, `${name}.txt`));
