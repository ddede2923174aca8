/** docs/realtime.md says what the code does, and its schemas take what the Worker takes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { readFrame } from '../src/features/realtime/frames.ts';
import { withGeneratedParts } from './harness/realtime-docs.ts';

const path = resolve(import.meta.dirname, '../docs/realtime.md');

/** The formatter lays JSON and tables out as it likes. */
function squeeze(text: string): string {
  return text.replaceAll(/\s+/g, '').replaceAll(/-{3,}/g, '---');
}

describe('docs/realtime.md', () => {
  it('has the schemas, close codes and limits of the code (UPDATE_DOCS=1 writes them)', () => {
    const document = readFileSync(path, 'utf8');
    if (process.env['UPDATE_DOCS']) writeFileSync(path, withGeneratedParts(document));
    else expect(squeeze(document)).toBe(squeeze(withGeneratedParts(document)));
  });

  it('has a schema of client frames that takes and refuses what the Worker does', () => {
    const document = readFileSync(path, 'utf8');
    const [, json = ''] = /<!-- schema: ClientFrame -->\s+```json\n([\s\S]*?)```/.exec(document) ?? [];
    const isValid = new Ajv2020({ strict: false, validateFormats: false }).compile(JSON.parse(json));
    const frames: unknown[] = [
      { v: 1, type: 'read', roomId: '5', sequence: 1 },
      { v: 1, type: 'typing', roomId: '5' },
      { v: 1, type: 'read', roomId: '5', sequence: 0 },
      { v: 1, type: 'read', roomId: '5', sequence: 1.5 },
      { v: 1, type: 'read', roomId: 5, sequence: 1 },
      { v: 1, type: 'read', sequence: 1 },
      { v: 2, type: 'typing', roomId: '5' },
      { v: 1, type: 'typing', roomId: '5', text: '안녕' },
      { v: 1, type: 'message', roomId: '5' },
      [],
      null,
    ];
    for (const frame of frames) {
      const isTaken = typeof readFrame(JSON.stringify(frame)) === 'object';
      expect(isValid(frame), JSON.stringify(frame)).toBe(isTaken);
    }
  });
});

describe('a frame that is no frame', () => {
  it('is an error, whatever it is', () => {
    for (let length = 0; length < 300; length += 1) {
      const noise = Array.from({ length }, () =>
        String.fromCharCode(Math.floor(Math.random() * 0xffff)),
      ).join('');
      expect(['bad_json', 'bad_frame']).toContain(readFrame(noise));
      expect(readFrame(JSON.stringify({ type: noise || 'x', v: 1 }))).toMatch(/unknown_type|bad_frame/);
    }
    expect(readFrame('{"__proto__":{"type":"read"}}')).toBe('bad_frame');
    expect(readFrame('['.repeat(4000))).toBe('bad_json');
  });
});
