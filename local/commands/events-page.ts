/** docs/events.md, written from the code: every event with its meaning and payload, and who reacts to it. */
import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import { reactions } from '../../src/events.ts';
import type { EventType } from '../../src/platform/events.ts';

const CHECKOUT = resolve(import.meta.dirname, '../..');

export const EVENTS_PAGE = resolve(CHECKOUT, 'docs/events.md');

const HEAD = `# Events

Written by \`npm run events\` from the code; a test holds it to it.

An event is a row in the outbox, written in the transaction that causes it. Its reactions run right after the answer; what
was left, died or failed is taken up by the minute cron. A reaction takes a list of events and survives being run twice,
at once, late and being killed half way. Payloads are ids and facts. An event that nobody hears is not written.
`;

type Described = { type: EventType; meaning: string };

export async function renderEventsPage(): Promise<string> {
  const files = ['src/platform/jobs/replay.ts', ...globSync('src/features/*/events.ts', { cwd: CHECKOUT })];
  const sections: string[] = [];
  for (const file of files.toSorted()) {
    const events = await readEvents(file);
    const rows = events.map(
      ({ type, meaning }) =>
        `| \`${type.name}\` | ${meaning} | ${describePayload(type.schema)} | ${listReactions(type.name)} |`,
    );
    const name = file.startsWith('src/features/') ? (file.split('/')[2] ?? '') : 'engine room';
    sections.push(
      [
        `## ${name}`,
        '',
        `[${file}](../${file})`,
        '',
        '| event | when | payload | reactions |',
        '|---|---|---|---|',
        ...rows,
      ].join('\n'),
    );
  }
  return `${HEAD}\n${sections.join('\n\n')}\n`;
}

/** Each exported event with the sentence above it; one without a sentence shares that of the one before. */
async function readEvents(file: string): Promise<Described[]> {
  const path = resolve(CHECKOUT, file);
  const source = readFileSync(path, 'utf8');
  const exported = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  const found: Described[] = [];
  for (const match of source.matchAll(
    /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*)?export const (\w+) = defineEvent\(/g,
  )) {
    const [, comment, name = ''] = match;
    const type = exported[name] as EventType;
    const meaning = comment ? cleanComment(comment) : '〃';
    found.push({ type, meaning });
  }
  return found;
}

function cleanComment(comment: string): string {
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*\*?\s?/, ''))
    .join(' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll('|', '\\|')
    .trim();
}

function describePayload(schema: z.ZodType): string {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as {
    properties?: Record<string, { type?: string; anyOf?: { type?: string }[] }>;
  };
  return Object.entries(properties)
    .map(([name, { type, anyOf }]) => {
      const isList = type === 'array';
      const isNullable = anyOf?.some((one) => one.type === 'null');
      return `\`${name}\`${isList ? ' (list)' : ''}${isNullable ? ' (or null)' : ''}`;
    })
    .join(', ');
}

function listReactions(eventName: string): string {
  return (
    reactions
      .namesFor(eventName)
      .map((name) => `\`${name}\``)
      .join(', ') || '–'
  );
}
