import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { CacheUnavailable } from '../cache.ts';
import { classifyDatabaseError } from '../db/errors.ts';
import { AppError, chooseLanguage, ERRORS, type Language } from '../errors.ts';
import { describeError } from '../log.ts';
import type { AppContext } from './app-context.ts';

/**
 * Turns any thrown value into the error it means for the caller. What is not known is `internal`, and says nothing
 * of the inside.
 */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof HTTPException) {
    if (error.status === 413) return new AppError('body_too_large', { cause: error });
    if (error.status === 400) return new AppError('invalid_json', { cause: error });
  }
  if (error instanceof CacheUnavailable) return new AppError('unavailable', { retryAfter: 5, cause: error });
  const failure = classifyDatabaseError(error);
  if (failure?.kind === 'unavailable' || failure?.kind === 'retryable') {
    return new AppError('unavailable', { retryAfter: 5, cause: error });
  }
  return new AppError('internal', { cause: error });
}

/** RFC 9457 problem details in the caller's language. `type` is stable and leads to the error's entry in the docs. */
export function problemBody(error: AppError, language: Language, requestId: string, publicUrl: string) {
  const row = ERRORS[error.code];
  return {
    type: `${publicUrl}/docs/errors#${error.code}`,
    title: row[language],
    status: row.status,
    code: error.code,
    requestId,
    isRetryable: 'isRetryable' in row,
    ...(error.fields.length > 0 && {
      errors: error.fields.map(({ field, code, message }) => ({ field, code, message: message[language] })),
    }),
  };
}

/** Answers a thrown error, and logs those that are ours. */
export function answerProblem(c: Context<AppContext>, thrown: unknown, publicUrl: string): Response {
  const error = toAppError(thrown);
  const { status } = ERRORS[error.code];
  c.set('errorCode', error.code);
  if (status >= 500)
    c.get('log').error('request failed', { code: error.code, ...describeError(error.cause) });
  const language = chooseLanguage(c.req.header('accept-language'));
  const body = problemBody(error, language, c.get('requestId'), publicUrl);
  return c.body(JSON.stringify(body), status, {
    'content-type': 'application/problem+json; charset=utf-8',
    'content-language': language,
    ...(error.retryAfter !== undefined && {
      'retry-after': String(Math.max(1, Math.ceil(error.retryAfter))),
    }),
    ...error.headers,
  });
}
