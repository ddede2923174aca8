/** FCM's errors as it words them: https://firebase.google.com/docs/cloud-messaging/error-codes. */
import type { Reply } from '../stand-in.ts';

type Row = { http: number; status: string; code?: string; field?: string };

const ROWS = {
  UNREGISTERED: { http: 404, status: 'NOT_FOUND', code: 'UNREGISTERED' },
  SENDER_ID_MISMATCH: { http: 403, status: 'PERMISSION_DENIED', code: 'SENDER_ID_MISMATCH' },
  /** The token is malformed. */
  INVALID_TOKEN: { http: 400, status: 'INVALID_ARGUMENT', code: 'INVALID_ARGUMENT', field: 'message.token' },
  /** Something else in the message is. */
  INVALID_ARGUMENT: {
    http: 400,
    status: 'INVALID_ARGUMENT',
    code: 'INVALID_ARGUMENT',
    field: 'message.data',
  },
  QUOTA_EXCEEDED: { http: 429, status: 'RESOURCE_EXHAUSTED', code: 'QUOTA_EXCEEDED' },
  UNAVAILABLE: { http: 503, status: 'UNAVAILABLE', code: 'UNAVAILABLE' },
  INTERNAL: { http: 500, status: 'INTERNAL', code: 'INTERNAL' },
  THIRD_PARTY_AUTH_ERROR: { http: 401, status: 'UNAUTHENTICATED', code: 'THIRD_PARTY_AUTH_ERROR' },
  UNSPECIFIED_ERROR: { http: 400, status: 'FAILED_PRECONDITION', code: 'UNSPECIFIED_ERROR' },
  /** The access token is not one that was given out. */
  UNAUTHENTICATED: { http: 401, status: 'UNAUTHENTICATED' },
} as const satisfies Record<string, Row>;

export type FcmError = keyof typeof ROWS;

export const FCM_ERRORS = Object.keys(ROWS) as FcmError[];

/** The answer that means this error. */
export function errorReply(error: FcmError, retryAfterSeconds?: number): Reply {
  const row: Row = ROWS[error];
  return {
    status: row.http,
    ...(retryAfterSeconds !== undefined && { headers: { 'retry-after': String(retryAfterSeconds) } }),
    body: {
      error: {
        code: row.http,
        status: row.status,
        message: `stand-in: ${error}`,
        details: [
          ...(row.code
            ? [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode: row.code }]
            : []),
          ...(row.field
            ? [
                {
                  '@type': 'type.googleapis.com/google.rpc.BadRequest',
                  fieldViolations: [{ field: row.field, description: 'stand-in' }],
                },
              ]
            : []),
        ],
      },
    },
  };
}
