/**
 * Sends every route what nobody would: generated from the routes' own schemas, by a seed, so that a failure comes again.
 * Nothing may answer a 5xx, and the harness holds every answer to its declaration. `FUZZ_SEED` and `FUZZ_ROUNDS` look
 * further than the everyday run.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { endpoints } from '../../src/app.ts';
import { SEARCH_KINDS } from '../../src/features/search/index.ts';
import type { EndpointSpec } from '../../src/platform/http/endpoint.ts';
import { encodeCursor } from '../../src/platform/http/cursor.ts';
import { servedPath } from '../../src/platform/http/mount.ts';
import { startTestApp, type RequestOptions, type TestApp } from '../harness/app.ts';
import { signUpPerson } from '../harness/people.ts';
import { setStage, type Stage } from './lists.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_124);
const ROUNDS = Number(process.env['FUZZ_ROUNDS'] ?? 14);

/** What z.toJSONSchema says of an input, as far as it matters here. */
type Schema = {
  type?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  maxItems?: number;
  pattern?: string;
  format?: string;
  example?: unknown;
};
type Case = { method: string; path: string; options: RequestOptions };

const UNKNOWN_IDS = [
  '1',
  '0',
  '-1',
  '01',
  '9223372036854775807',
  '9223372036854775808',
  '1e3',
  '1.5',
  ' 1',
  '１',
];
const TEXTS = [
  '',
  ' ',
  '한글',
  '한글'.normalize('NFD'),
  '👩‍👩‍👧‍👦🏳️‍🌈',
  '\u202Etxt.exe',
  '\uD800',
  'a\uDC00',
  'a\u0000b',
  '𠮷野家𝒳',
  'ﷺ'.repeat(30),
  '\u0301'.repeat(40),
  '\uFFFF\uFFFE',
  'ı İ ß ŉ ǰ',
  '%_\\\'"`;--',
  ':v1 ? :1 ?? ${1} {{x}}',
  '<script>alert(1)</script>',
  '\r\nx-injected: 1',
  '@'.repeat(30),
  '#태그 @[1](2)',
  'https://user:pw@127.0.0.1:1/\\..',
  'a@b@c.kr',
  '__proto__',
  'null',
  '\u{10FFFF}',
];
const VALUES: unknown[] = [
  null,
  true,
  0,
  -1,
  -0.5,
  1.5,
  2 ** 31,
  2 ** 53,
  1e300,
  '9'.repeat(400),
  [],
  {},
  [[[[[[]]]]]],
  ['x', 1, null],
  JSON.parse('{"__proto__":{"isAdmin":true},"constructor":{"prototype":1}}'),
  Array.from({ length: 300 }, () => '1'),
  nest(200),
];
const DAYS = [
  '2026-11-24',
  '0000-01-01',
  '9999-12-31',
  '2026-02-29',
  '2026-11-24T09:00:00.000Z',
  '275760-09-13',
];
const CURSORS = [
  'x',
  '',
  encodeCursor('comments', ['1']),
  encodeCursor('__proto__', [1]),
  encodeCursor('feed', [-1, '9223372036854775807', '\uD800']),
];

function nest(depth: number): unknown {
  let value: unknown = 'x';
  for (let level = 0; level < depth; level += 1) value = { a: [value] };
  return value;
}

/** Mulberry32. */
function createDice(seed: number) {
  let state = seed >>> 0;
  function roll(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  const below = (end: number) => Math.floor(roll() * end);
  return {
    below,
    isLikely: (chance: number) => roll() < chance,
    pick: <T>(list: readonly T[]): T => list[below(list.length)] as T,
  };
}
type Dice = ReturnType<typeof createDice>;

/** Makes inputs of one route. `ids` holds ids of every kind of thing, mine and others'. */
function createInputs(dice: Dice, ids: readonly string[], mine: Readonly<Record<string, string[]>>) {
  function text(schema: Schema): string {
    const { maxLength = 40, minLength = 0 } = schema;
    const lengths = [minLength, minLength - 1, maxLength, maxLength + 1].filter((n) => n >= 0 && n <= 12_000);
    if (dice.isLikely(0.25)) return dice.pick(['가', '𠮷', 'e\u0301', ' ']).repeat(dice.pick(lengths));
    return dice.pick(TEXTS);
  }

  function id(name: string): string {
    const fitting = Object.entries(mine).find(([kind]) => name.toLowerCase().startsWith(kind))?.[1];
    if (fitting && dice.isLikely(0.6)) return dice.pick(fitting);
    return dice.isLikely(0.7) ? dice.pick(ids) : dice.pick(UNKNOWN_IDS);
  }

  function good(schema: Schema, name: string): unknown {
    if (schema.const !== undefined) return schema.const;
    if (schema.enum) return dice.pick(schema.enum);
    if (schema.anyOf) return good(dice.pick(schema.anyOf), name);
    if (schema.pattern?.includes('[1-9][0-9]{0,18}')) return id(name);
    if (schema.pattern?.includes('{43}')) return 'A'.repeat(43);
    if (schema.example !== undefined) return schema.example;
    if (schema.type === 'boolean') return dice.isLikely(0.5);
    if (schema.type === 'integer' || schema.type === 'number') {
      const { minimum = -10, maximum = 10 } = schema;
      return dice.pick([minimum, maximum, Math.max(minimum, 1)]);
    }
    if (schema.type === 'array') {
      const length = dice.pick([1, 1, 2, schema.maxItems ?? 3]);
      return Array.from({ length }, () => good(schema.items ?? {}, name));
    }
    if (schema.type === 'object' || schema.properties) return object(schema);
    if (name === 'cursor') return dice.pick(CURSORS);
    if (schema.format?.startsWith('date')) return dice.pick(DAYS);
    return '가나다라마바사아'.slice(0, Math.max(1, Math.min(8, schema.maxLength ?? 8)));
  }

  function object({ properties = {}, required = [] }: Schema): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(properties)
        .filter(([name]) => required.includes(name) || dice.isLikely(0.7))
        .map(([name, schema]) => [name, good(schema, name)]),
    );
  }

  function broken(schema: Schema, name: string): unknown {
    if (schema.type === 'array' && schema.items && dice.isLikely(0.6))
      return [good(schema.items, name), broken(schema.items, name)];
    if (schema.properties && dice.isLikely(0.7)) return spoil(schema, object(schema));
    if (schema.pattern?.includes('[1-9]') && dice.isLikely(0.6)) return dice.pick(UNKNOWN_IDS);
    if (schema.type === 'string' && dice.isLikely(0.75)) return text(schema);
    return dice.pick(VALUES);
  }

  /** Breaks one field. */
  function spoil({ properties = {} }: Schema, value: Record<string, unknown>): Record<string, unknown> {
    const name = dice.pick(Object.keys(properties));
    return name === undefined ? value : { ...value, [name]: broken(properties[name] ?? {}, name) };
  }

  return (schema: Schema): Record<string, unknown> => {
    const value = object(schema);
    return dice.isLikely(0.65) ? spoil(schema, value) : value;
  };
}

function schemaOf(schema: z.ZodType | undefined): Schema | undefined {
  return schema && (z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema);
}

/** Percent-encoded; half a surrogate pair as the three bytes that a careless client would send. */
function encode(value: unknown): string {
  return [...(typeof value === 'object' ? JSON.stringify(value) : String(value))]
    .map((character) => (/\p{Surrogate}/u.test(character) ? '%ED%A0%80' : encodeURIComponent(character)))
    .join('');
}

function buildCase(
  spec: EndpointSpec,
  dice: Dice,
  make: ReturnType<typeof createInputs>,
  token: string,
): Case {
  const [params, query, body] = [spec.params, spec.query, spec.body].map(schemaOf);
  const values = params ? make(params) : {};
  const path = servedPath(spec).replaceAll(/:(\w+)(\{[^}]*\})?/g, (_, name: string) =>
    encode(values[name] ?? '1'),
  );
  const search = Object.entries(query ? make(query) : {})
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');
  const headers: Record<string, string> = {};
  if (spec.isIdempotent && dice.isLikely(0.5))
    headers['idempotency-key'] = dice.pick(['k1', 'k2', '~'.repeat(64), '~'.repeat(65), 'a b', '']);
  if (dice.isLikely(0.1))
    headers['accept-language'] = dice.pick(['en;q=x', '*', ','.repeat(50), 'ko'.repeat(99)]);
  const options: RequestOptions = { headers };
  if (!dice.isLikely(0.06))
    options.token = dice.isLikely(0.95) ? token : dice.pick(['x', 'A'.repeat(43), '__proto__']);
  if (body) options.body = make(body);
  if (spec.rawBody) {
    options.rawBody = dice.pick(['', 'x', 'GIF89a\u0001\u0000\u0001', '\u00ff\u00d8', '{}']);
    headers['content-type'] = dice.pick(['image/png', 'text/html', 'x/y; a=b', 'application/json']);
    headers['content-length'] = dice.pick([String(Buffer.byteLength(options.rawBody as string)), '0', '999']);
  }
  return { method: spec.method.toUpperCase(), path: search ? `${path}?${search}` : path, options };
}

let app: TestApp;
let stage: Stage;
let ids: string[];
let mine: Record<string, string[]>;

beforeAll(async () => {
  app = await startTestApp();
  stage = await setStage(app);
  const { make, viewer, other, third } = stage;
  const hidden = await signUpPerson(app);
  const [own, group, foreign, secret] = [
    await make.career(viewer),
    await make.group(viewer, other),
    await make.group(other, third),
    await make.career(hidden),
  ];
  const posts = [
    await make.post(viewer, { careerId: own, tags: ['태그'] }),
    await make.post(other, { careerId: group }),
    await make.post(third, { careerId: foreign }),
    await make.post(hidden, { careerId: secret }),
  ];
  const comments = [];
  for (const postId of posts) comments.push(await make.comment(third, postId));
  comments.push(await make.reply(viewer, comments[0] ?? ''));
  await make.message(other, viewer);
  await make.message(third, other);
  await make.invitation(third, viewer);
  await make.like(other, 'posts', posts[0] ?? '');
  await make.block(hidden, viewer);
  await make.index(...SEARCH_KINDS);
  const found = async (table: string, column = 'id') =>
    (await app.sql(`select distinct cast(${column} as char) as id from ${table}`)).map((row) =>
      String(row['id']),
    );
  const people = [viewer, other, third, hidden].map(({ userId }) => userId);
  const [rooms, notifications] = [await found('room_members', 'room_id'), await found('notifications')];
  const sessions = [other.sessionId, third.sessionId];
  const careers = [own, group, foreign, secret];
  mine = {
    user: people,
    author: people,
    post: posts,
    career: careers,
    comment: comments,
    room: rooms,
    notification: notifications,
  };
  ids = [...people, ...posts, ...careers, ...comments, ...rooms, ...notifications, ...sessions];
});

const specs = endpoints
  .map(({ spec }) => spec)
  .filter(({ auth }) => auth !== 'staff' && auth !== 'job')
  // What takes away comes last, when there is nothing more to be done with it.
  .toSorted((a, b) => Number(a.method === 'delete') - Number(b.method === 'delete'));

describe('whatever is sent', () => {
  it.each(specs.map((spec, index) => [spec.id, spec, index] as const))(
    '%s answers as declared and never with a 5xx',
    async (_id, spec, index) => {
      const dice = createDice(SEED + index);
      const make = createInputs(dice, ids, mine);
      const failures: unknown[] = [];
      let reached = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        // Only here a session may end.
        const { token } = spec.id === 'endSession' ? await signUpPerson(app) : stage.viewer;
        const { method, path, options } = buildCase(spec, dice, make, token);
        try {
          const { status, body } = await app.request(method, path, options);
          if (status >= 500)
            failures.push({
              method,
              path,
              options,
              body,
              log: app.logs.findLast((line) => line.includes('request failed')),
            });
          if (status !== 401 || spec.auth === 'public') reached += 1;
        } catch (error) {
          failures.push({ method, path, options, error: String(error) });
        }
      }
      expect(failures).toEqual([]);
      expect(reached, 'most cases get past the entrance').toBeGreaterThan(ROUNDS / 3);
    },
  );
});

describe('names that mean something to JavaScript', () => {
  const NAMES = ['__proto__', 'constructor', 'toString'];

  it.each(specs.filter(({ body }) => body).map((spec) => [spec.id, spec] as const))(
    '%s refuses them as fields',
    async (_id, spec) => {
      const path = servedPath(spec).replaceAll(/:(\w+)(\{[^}]*\})?/g, '1');
      for (const name of NAMES) {
        const { status, body } = await app.request(spec.method.toUpperCase(), path, {
          token: stage.other.token,
          headers: { 'content-type': 'application/json' },
          rawBody: `{"${name}":{"polluted":true}}`,
        });
        expect(status, name).toBe(400);
        expect(body.code, name).toBe('invalid_input');
      }
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    },
  );

  it('are nothing in a query, a path or a header', async () => {
    for (const name of NAMES) {
      const { token } = stage.other;
      for (const path of [`/v1/feed?${name}=1`, `/v1/feed?${name}[polluted]=1`, `/v1/users/${name}`])
        expect((await app.request('GET', path, { token })).status, path).toBe(400);
      expect((await app.request('GET', `/v1/tags/${name}`, { token })).status).toBe(404);
      expect((await app.request('GET', `/v1/account/consents/${name}`, { token })).status).toBe(405);
    }
  });
});
