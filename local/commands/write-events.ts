/** Writes docs/events.md from the code: `npm run events`. */
import { writeFileSync } from 'node:fs';
import { EVENTS_PAGE, renderEventsPage } from './events-page.ts';

writeFileSync(EVENTS_PAGE, await renderEventsPage());
process.stdout.write('docs/events.md\n');
