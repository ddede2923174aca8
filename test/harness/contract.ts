/** Holds every answer in the tests to what its route declares. */
import { deepStrictEqual } from 'node:assert/strict';
import type * as z from 'zod';
import { endpoints } from '../../src/app.ts';
import { ERRORS, type ErrorCode } from '../../src/platform/errors.ts';
import type { EndpointSpec } from '../../src/platform/http/endpoint.ts';
import { servedPath } from '../../src/platform/http/mount.ts';
import { errorsOf } from '../../src/platform/http/openapi.ts';

const routes = endpoints.map(({ spec }) => ({
  spec,
  pattern: new RegExp(`^${servedPath(spec).replaceAll(/:\w+(\{[^}]*\})?/g, '[^/]+')}$`),
}));

/** The route that serves a request; a literal segment beats a parameter. */
export function findRoute(method: string, path: string): EndpointSpec | undefined {
  const pathname = path.split('?')[0] ?? '';
  const fitting = routes.filter(
    ({ spec, pattern }) => spec.method === method.toLowerCase() && pattern.test(pathname),
  );
  fitting.sort((a, b) => a.spec.path.split(':').length - b.spec.path.split(':').length);
  return fitting[0]?.spec;
}

/** Throws when a JSON answer is not what the route declares: shape, extra fields, status or error code. */
export function checkAnswer(method: string, path: string, status: number, body: unknown): void {
  const spec = findRoute(method, path);
  if (!spec) return;
  if (status >= 400) checkProblem(spec, status, body as { code: ErrorCode; status: number });
  else checkSuccess(spec, status, body);
}

function checkSuccess(spec: EndpointSpec, status: number, body: unknown): void {
  if (status !== spec.success.status)
    throw new Error(`${spec.id} answered ${status}, declares ${spec.success.status}`);
  if (!spec.success.body) return;
  const parsed = (spec.success.body as z.ZodType).safeParse(body);
  if (!parsed.success) throw new Error(`${spec.id} answered another shape: ${parsed.error.message}`);
  // Parsing drops what the schema does not name: a difference is a field that should not have gone out.
  deepStrictEqual(body, parsed.data, `${spec.id} answered fields it does not declare`);
}

function checkProblem(spec: EndpointSpec, status: number, body: { code: ErrorCode; status: number }): void {
  const row = ERRORS[body.code];
  if (!row || row.status !== status || body.status !== status)
    throw new Error(`${spec.id}: not a problem: ${JSON.stringify(body)}`);
  if (!errorsOf(spec).includes(body.code)) throw new Error(`${spec.id} does not declare ${body.code}`);
}
