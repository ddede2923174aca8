/** docs/events.md is what the code says, and every event is told in a sentence. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { EVENTS_PAGE, renderEventsPage } from '../local/commands/events-page.ts';
import { reactions } from '../src/events.ts';

it('docs/events.md is the committed one (after a change: npm run events)', async () => {
  expect(readFileSync(EVENTS_PAGE, 'utf8')).toBe(await renderEventsPage());
});

it('names every reaction there is', async () => {
  const page = await renderEventsPage();
  expect(reactions.names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
