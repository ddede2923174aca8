/** Errors as Meilisearch tells them: a message, a code from its closed list, the code's kind and a link. */
import type { Reply } from '../stand-in.ts';

/** Status and kind by code (v1.50). */
const CODES = {
  missing_authorization_header: [401, 'auth'],
  invalid_api_key: [403, 'auth'],
  not_found: [404, 'invalid_request'],
  index_not_found: [404, 'invalid_request'],
  index_already_exists: [409, 'invalid_request'],
  document_not_found: [404, 'invalid_request'],
  task_not_found: [404, 'invalid_request'],
  bad_request: [400, 'invalid_request'],
  malformed_payload: [400, 'invalid_request'],
  invalid_index_uid: [400, 'invalid_request'],
  missing_index_uid: [400, 'invalid_request'],
  missing_document_id: [400, 'invalid_request'],
  invalid_document_id: [400, 'invalid_request'],
  index_primary_key_no_candidate_found: [400, 'invalid_request'],
  missing_document_filter: [400, 'invalid_request'],
  invalid_document_filter: [400, 'invalid_request'],
  invalid_search_filter: [400, 'invalid_request'],
  invalid_search_sort: [400, 'invalid_request'],
  invalid_search_facets: [400, 'invalid_request'],
  invalid_search_attributes_to_search_on: [400, 'invalid_request'],
  invalid_swap_indexes: [400, 'invalid_request'],
  invalid_settings_ranking_rules: [400, 'invalid_request'],
  internal: [500, 'internal'],
} as const;

export type ErrorCode = keyof typeof CODES;

/** Thrown by handlers, answered by the server; inside a task it becomes the task's error. */
export class EngineError extends Error {
  override name = 'EngineError';
  readonly code: ErrorCode;
  /** Where the same code answers another status than usual (a missing index inside a multi-search is a 400). */
  readonly status: number;

  constructor(code: ErrorCode, message: string, status: number = CODES[code][0]) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export type ErrorBody = { message: string; code: string; type: string; link: string };

export function describe(error: EngineError): ErrorBody {
  return {
    message: error.message,
    code: error.code,
    type: CODES[error.code][1],
    link: `https://docs.meilisearch.com/errors#${error.code}`,
  };
}

export function toReply(error: EngineError): Reply {
  return { status: error.status, body: describe(error) };
}

export function indexNotFound(uid: string): EngineError {
  return new EngineError('index_not_found', `Index \`${uid}\` not found.`);
}
