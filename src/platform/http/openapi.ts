import * as z from 'zod';
import { ERRORS, type ErrorCode } from '../errors.ts';
import type { AuthMode, Endpoint, EndpointSpec } from './endpoint.ts';
import { servedPath } from './mount.ts';

/** Errors every route of a kind can give, beside its own. */
export function errorsOf(spec: EndpointSpec): ErrorCode[] {
  const codes: ErrorCode[] = ['app_outdated', 'internal', 'unavailable', ...(spec.errors ?? [])];
  if (spec.auth !== 'public') codes.push('unauthenticated');
  if (spec.auth === 'staff') codes.push('forbidden', 'not_found');
  if (spec.limit !== 'none') codes.push('rate_limited');
  if (spec.params || spec.query || spec.body) codes.push('invalid_input');
  if (spec.body) codes.push('invalid_json');
  if (spec.body || spec.rawBody) codes.push('unsupported_media_type', 'body_too_large');
  if (spec.needsLength) codes.push('length_required');
  if (spec.isIdempotent) codes.push('invalid_idempotency_key');
  if (spec.params) codes.push('not_found');
  return [...new Set(codes)];
}

const PROBLEM_SCHEMA = {
  type: 'object',
  description: 'RFC 9457 problem details. Switch on `code`; show `title`.',
  required: ['type', 'title', 'status', 'code', 'requestId', 'isRetryable'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string', description: 'For people, in the language of Accept-Language (ko or en).' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(ERRORS) },
    requestId: { type: 'string', description: 'Name it when you report the error.' },
    isRetryable: { type: 'boolean' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['field', 'code', 'message'],
        properties: { field: { type: 'string' }, code: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
};

const AUTH_TEXT: Record<AuthMode, string> = {
  public: '로그인 없이 / without log-in',
  session: '로그인 필요 / session',
  company: '기업 계정 / company session',
  staff: '운영진 / staff (Cloudflare Access)',
  job: 'QStash 서명 / QStash signature',
};

type Json = Record<string, unknown>;

/** The OpenAPI 3.1 document, made from the routes' own declarations, so it cannot drift from them. */
export function buildOpenApi(endpoints: readonly Endpoint[], publicUrl: string, tags: Json[]): Json {
  const components = schemaComponents();
  const paths: Record<string, Json> = {};
  for (const { spec } of endpoints) {
    const path = servedPath(spec).replaceAll(/:(\w+)(\{[^}]*\})?/g, '{$1}');
    paths[path] = { ...paths[path], [spec.method]: operation(spec) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Loop Us API',
      version: '1.0.0',
      description:
        '루프어스: 대학생 커리어 SNS의 API입니다. 오류는 RFC 9457 형식이며 `code`로 구분합니다.\n\n' +
        'The API of Loop Us, the career SNS for Korean university students. Errors are RFC 9457 problem details; switch on `code`.',
    },
    servers: [{ url: publicUrl }],
    tags,
    paths,
    components: {
      schemas: { ...components, Problem: PROBLEM_SCHEMA },
      securitySchemes: {
        session: {
          type: 'http',
          scheme: 'bearer',
          description: '`Authorization: Bearer <token>` (`Token <token>` too)',
        },
        staff: { type: 'apiKey', in: 'header', name: 'Cf-Access-Jwt-Assertion' },
        job: { type: 'apiKey', in: 'header', name: 'Upstash-Signature' },
      },
    },
  };
}

function schemaComponents(): Json {
  const { schemas } = z.toJSONSchema(z.globalRegistry, {
    uri: (id) => `#/components/schemas/${id}`,
    io: 'output',
    unrepresentable: 'any',
  }) as { schemas: Record<string, Json> };
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema: _schema, $id: _id, ...schema }]) => [id, schema]),
  );
}

function operation(spec: EndpointSpec): Json {
  const byStatus = Object.groupBy(errorsOf(spec), (code) => String(ERRORS[code].status));
  return {
    operationId: spec.id,
    tags: [spec.tag],
    summary: `${spec.summary.ko} · ${spec.summary.en}`,
    description: [AUTH_TEXT[spec.auth], spec.description?.ko, spec.description?.en]
      .filter(Boolean)
      .join('\n\n'),
    'x-auth-mode': spec.auth,
    ...(spec.auth !== 'public' && { security: [{ [spec.auth === 'company' ? 'session' : spec.auth]: [] }] }),
    parameters: [
      ...parametersOf('path', spec.params),
      ...parametersOf('query', spec.query),
      ...(spec.isIdempotent
        ? [
            {
              name: 'Idempotency-Key',
              in: 'header',
              required: false,
              description:
                '같은 키로 다시 보내도 한 번만 만들어지고 처음 것을 답합니다. 내용이 다르면 idempotency_key_reused입니다. / Re-sending with the same key creates once and answers what was created first; other content is idempotency_key_reused.',
              schema: { type: 'string', minLength: 1, maxLength: 64 },
            },
          ]
        : []),
    ],
    ...((spec.body || spec.rawBody) && { requestBody: requestBody(spec) }),
    responses: {
      [String(spec.success.status)]: {
        description: spec.success.description ?? 'OK',
        ...(spec.success.body && {
          content: { 'application/json': { schema: toSchema(spec.success.body, 'output') } },
        }),
        ...(spec.success.contentType && { content: { [spec.success.contentType]: {} } }),
      },
      ...Object.fromEntries(
        Object.entries(byStatus).map(([status, codes = []]) => [
          status,
          {
            description: codes
              .map((code) => `\`${code}\` ${ERRORS[code].ko} / ${ERRORS[code].en}`)
              .join('\n\n'),
            content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
          },
        ]),
      ),
    },
  };
}

function requestBody(spec: EndpointSpec): Json {
  const content = spec.body
    ? { 'application/json': { schema: toSchema(spec.body, 'input') } }
    : Object.fromEntries(
        (spec.rawBody ?? []).map((type) => [type, { schema: { type: 'string', format: 'binary' } }]),
      );
  return { required: true, content };
}

function parametersOf(place: 'path' | 'query', schema: z.ZodType | undefined): Json[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = toSchema(schema, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...rest } = property;
    return {
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      schema: rest,
      ...(description ? { description } : {}),
    };
  });
}

function toSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const id = z.globalRegistry.get(schema)?.id;
  if (id && io === 'output') return { $ref: `#/components/schemas/${id}` };
  const { $schema: _schema, $defs, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  const text = JSON.stringify(json).replaceAll('#/$defs/', '#/components/schemas/');
  void $defs;
  return JSON.parse(text) as Json;
}
