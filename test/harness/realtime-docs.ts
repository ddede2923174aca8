/** The parts of docs/realtime.md that are made from the code. */
import * as z from 'zod';
import * as frames from '../../src/features/realtime/frames.ts';

const CODES: Record<frames.CloseReason, string> = {
  unsupported: 'a binary frame: only text is taken',
  too_large: 'a frame that is too large',
  session_ended: 'the log-in has ended: log in again, do not reconnect',
  too_many_sockets: 'a newer socket of the same person took the place of the oldest',
  silent: 'nothing was heard for too long: connect again',
  flood: 'too many frames: wait a minute before connecting again',
};

function schemaOf(schema: z.ZodType): string {
  const { $schema: _schema, ...json } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return `\`\`\`json\n${JSON.stringify(json, undefined, 2)}\n\`\`\``;
}

function table(head: [string, string], rows: [string, string][]): string {
  const lines = [head, ['---', '---'], ...rows].map(([a, b]) => `| ${a} | ${b} |`);
  return lines.join('\n');
}

/** Each generated part by the comment it stands under. */
export const generatedParts: Record<string, string> = {
  'schema: ClientFrame': schemaOf(frames.ClientFrame),
  'schema: ServerFrame': schemaOf(frames.ServerFrame),
  'close codes': table(
    ['code', 'what it means'],
    (Object.keys(CODES) as frames.CloseReason[]).map((reason) => [
      String(frames.CLOSE_CODES[reason]),
      `\`${reason}\`: ${CODES[reason]}`,
    ]),
  ),
  limits: table(
    ['what', 'at most'],
    [
      ['characters of one frame', String(frames.MAX_FRAME_LENGTH)],
      [
        'frames from one socket',
        `${frames.MAX_FRAMES} in ${frames.FRAME_WINDOW_MS / 1000} seconds, ping not counted`,
      ],
      ['sockets of one person', String(frames.MAX_SOCKETS)],
      ['typing passed on', `once in ${frames.TYPING_EVERY_MS / 1000} seconds a room`],
      ['silence', `${frames.SILENT_MS / 1000} seconds`],
    ],
  ),
};

/** The document with its generated parts as the code has them now. */
export function withGeneratedParts(document: string): string {
  let text = document;
  for (const [name, part] of Object.entries(generatedParts)) {
    const mark = `<!-- ${name} -->`;
    const start = text.indexOf(mark);
    if (start < 0) throw new Error(`docs/realtime.md has no ${mark}`);
    const next = text.indexOf('\n## ', start);
    const rest = next < 0 ? '\n' : `\n${text.slice(next)}`;
    text = `${text.slice(0, start)}${mark}\n\n${part}${rest}`;
  }
  return text;
}
