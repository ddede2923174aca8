import type { ContentfulStatusCode } from 'hono/utils/http-status';

type Text = { ko: string; en: string };
type ErrorRow = Text & { status: ContentfulStatusCode; isRetryable?: true };

/**
 * Every error this API can answer: a closed list, so that clients can switch on `code`. Features add rows here;
 * texts are what a person sees, and never say more than the caller may know.
 */
export const ERRORS = {
  // The request itself
  invalid_input: {
    status: 400,
    ko: '입력한 내용을 다시 확인해 주세요.',
    en: 'Some of the input is not valid.',
  },
  invalid_json: { status: 400, ko: '요청 본문이 올바른 JSON이 아닙니다.', en: 'The body is not valid JSON.' },
  invalid_cursor: {
    status: 400,
    ko: '목록의 위치 정보(cursor)가 올바르지 않습니다. 처음부터 다시 불러와 주세요.',
    en: 'The cursor does not belong to this list. Start from the first page.',
  },
  invalid_idempotency_key: {
    status: 400,
    ko: 'Idempotency-Key는 공백 없는 영문·숫자·기호 1~64자여야 합니다.',
    en: 'Idempotency-Key must be 1 to 64 visible ASCII characters.',
  },
  unsupported_media_type: {
    status: 415,
    ko: '지원하지 않는 형식입니다.',
    en: 'This content type is not supported here.',
  },
  body_too_large: { status: 413, ko: '보낸 내용이 너무 큽니다.', en: 'The body is too large.' },
  not_found: { status: 404, ko: '찾을 수 없습니다.', en: 'Not found.' },
  method_not_allowed: {
    status: 405,
    ko: '이 주소에서 쓸 수 없는 방법입니다.',
    en: 'Method not allowed here.',
  },
  app_outdated: {
    status: 426,
    ko: '앱이 오래되었습니다. 스토어에서 업데이트해 주세요.',
    en: 'This app version is no longer supported. Please update it from the store.',
  },
  // Who is asking
  unauthenticated: { status: 401, ko: '로그인이 필요합니다.', en: 'Please log in.' },
  forbidden: { status: 403, ko: '이 작업을 할 권한이 없습니다.', en: 'You are not allowed to do this.' },
  rate_limited: {
    status: 429,
    ko: '요청이 너무 많습니다. 잠시 후 다시 시도해 주세요.',
    en: 'Too many requests. Please try again shortly.',
    isRetryable: true,
  },
  // Our side
  internal: {
    status: 500,
    ko: '문제가 생겼습니다. 잠시 후 다시 시도해 주세요.',
    en: 'Something went wrong on our side. Please try again.',
    isRetryable: true,
  },
  unavailable: {
    status: 503,
    ko: '잠시 이용할 수 없습니다. 조금 뒤 다시 시도해 주세요.',
    en: 'Temporarily unavailable. Please try again in a moment.',
    isRetryable: true,
  },
  search_unavailable: {
    status: 503,
    ko: '지금은 검색할 수 없습니다. 조금 뒤 다시 시도해 주세요.',
    en: 'Search is not available right now. Please try again in a moment.',
    isRetryable: true,
  },
  misconfigured: {
    status: 503,
    ko: '서버 설정이 끝나지 않았습니다.',
    en: 'The server is not configured yet.',
    isRetryable: true,
  },
  conflict: {
    status: 409,
    ko: '다른 변경과 겹쳤습니다. 새로 고친 뒤 다시 시도해 주세요.',
    en: 'This collided with another change. Reload and try again.',
  },
  dead_letter_not_replayable: {
    status: 409,
    ko: '지금 배포된 버전이 모르는 작업이라 다시 보낼 수 없습니다.',
    en: 'The deployed version does not know this job or reaction, so it cannot be sent again.',
  },
  /** QStash's way to be told not to try again; no person sees it. */
  job_refused: {
    status: 489 as ContentfulStatusCode,
    ko: '다시 시도해도 처리할 수 없는 작업입니다.',
    en: 'This job cannot be done by trying again.',
  },
  idempotency_key_reused: {
    status: 422,
    ko: '같은 Idempotency-Key로 다른 내용을 보냈습니다.',
    en: 'This Idempotency-Key was used with other content.',
  },
  // Account
  school_not_supported: {
    status: 422,
    ko: '등록되지 않은 학교 메일입니다. 문의하기(POST /v1/schools/inquiries)로 학교 등록을 요청해 주세요.',
    en: 'No school in our directory has this mail domain. Ask for it with POST /v1/schools/inquiries.',
  },
  code_wrong: { status: 422, ko: '인증번호가 맞지 않습니다.', en: 'The code is not right.' },
  code_expired: {
    status: 410,
    ko: '인증번호가 만료되었거나 더는 쓸 수 없습니다. 새로 받아 주세요.',
    en: 'The code has expired or can no longer be used. Ask for a new one.',
  },
  code_requested_too_often: {
    status: 429,
    ko: '인증번호를 너무 자주 요청했습니다. 잠시 후 다시 시도해 주세요.',
    en: 'Too many codes were asked for. Please wait.',
    isRetryable: true,
  },
  proof_invalid: {
    status: 422,
    ko: '메일 인증이 만료되었거나 이미 쓰였습니다. 다시 인증해 주세요.',
    en: 'The proof of your e-mail has expired or was already used. Verify again.',
  },
  account_exists: {
    status: 409,
    ko: '이미 가입된 메일입니다. 로그인하거나 비밀번호를 재설정해 주세요.',
    en: 'This address already has an account. Log in or reset the password.',
  },
  address_in_use: { status: 409, ko: '이미 사용 중인 메일입니다.', en: 'This address is already in use.' },
  password_too_common: {
    status: 422,
    ko: '너무 흔한 비밀번호입니다. 다른 비밀번호를 정해 주세요.',
    en: 'This password is too common. Choose another.',
  },
  credentials_wrong: {
    status: 401,
    ko: '메일 또는 비밀번호가 맞지 않습니다.',
    en: 'The e-mail or the password is not right.',
  },
  password_wrong: { status: 403, ko: '비밀번호가 맞지 않습니다.', en: 'The password is not right.' },
  consent_required: {
    status: 422,
    ko: '필수 약관에 동의해야 가입할 수 있습니다.',
    en: 'The required terms must be accepted.',
  },
  too_young: { status: 422, ko: '만 14세 이상만 가입할 수 있습니다.', en: 'You must be 14 or older.' },
  export_too_soon: {
    status: 429,
    ko: '내 데이터는 하루에 한 번 요청할 수 있습니다.',
    en: 'You can ask for your data once a day.',
    isRetryable: true,
  },
  department_not_found: { status: 422, ko: '없는 학과입니다.', en: 'No such department.' },
  // People
  target_is_own: {
    status: 422,
    ko: '나 자신이나 내가 쓴 것에는 할 수 없습니다.',
    en: 'You cannot do this to yourself or to something of yours.',
  },
  // Careers and posts
  career_not_found: { status: 404, ko: '커리어를 찾을 수 없습니다.', en: 'No such career.' },
  career_not_yours: {
    status: 403,
    ko: '내 커리어에만 쓸 수 있습니다.',
    en: 'You can only write in a career of yours.',
  },
  career_not_group: {
    status: 422,
    ko: '그룹 커리어에만 초대할 수 있습니다.',
    en: 'Only a group career has members to invite.',
  },
  career_manager_stays: {
    status: 422,
    ko: '매니저는 나갈 수 없습니다. 그룹을 지울 수는 있습니다.',
    en: 'The manager cannot leave a group, only delete it.',
  },
  post_empty: {
    status: 422,
    ko: '글이나 이미지, 링크 중 하나는 있어야 합니다.',
    en: 'A post needs text, an image or a link.',
  },
  post_images_or_links: {
    status: 422,
    ko: '이미지와 링크는 한 포스트에 함께 넣을 수 없습니다.',
    en: 'A post has images or links, never both.',
  },
  post_not_found: { status: 404, ko: '포스트를 찾을 수 없습니다.', en: 'No such post.' },
  // Comments and tags
  comment_not_found: { status: 404, ko: '댓글을 찾을 수 없습니다.', en: 'No such comment.' },
  comment_is_reply: {
    status: 422,
    ko: '답글에는 답글을 달 수 없습니다. 댓글에 달면서 답할 사람을 replyToUserId에 적어 주세요.',
    en: 'A reply takes no replies. Reply under its comment and name the person with replyToUserId.',
  },
  reply_target_not_found: {
    status: 422,
    ko: '이 댓글이나 답글을 쓴 사람에게만 답할 수 있습니다.',
    en: 'Only somebody who wrote this comment or a reply under it can be answered.',
  },
  tag_not_found: { status: 404, ko: '아직 쓰인 적이 없는 태그입니다.', en: 'No post has this tag.' },
  limit_reached: { status: 422, ko: '더 만들 수 없습니다.', en: 'The limit has been reached.' },
  // Messages
  room_not_found: { status: 404, ko: '대화방을 찾을 수 없습니다.', en: 'No such room.' },
  message_refused: {
    status: 403,
    ko: '이 대화방에는 메시지를 보낼 수 없습니다.',
    en: 'No message can be sent in this room.',
  },
  message_unanswered: {
    status: 422,
    ko: '상대가 답하기 전에는 메시지를 3개까지만 보낼 수 있습니다.',
    en: 'Only 3 messages can be sent before the other person has written back.',
  },
  upgrade_required: {
    status: 426,
    ko: 'WebSocket으로 연결하는 주소입니다.',
    en: 'This address takes WebSocket connections only.',
  },
  // Media
  length_required: {
    status: 411,
    ko: '파일 크기(Content-Length)를 함께 보내 주세요.',
    en: 'Say how long the file is (Content-Length).',
  },
  upload_empty: { status: 422, ko: '내용이 없는 파일입니다.', en: 'The upload is empty.' },
  upload_cut_off: {
    status: 400,
    ko: '업로드가 중간에 끊겼습니다. 다시 올려 주세요.',
    en: 'The upload ended before its declared length. Send it again.',
    isRetryable: true,
  },
  image_heic: {
    status: 415,
    ko: 'HEIC 사진은 올릴 수 없습니다. JPEG로 바꾸어 올려 주세요.',
    en: 'HEIC pictures are not taken. Convert the picture to JPEG first.',
  },
  image_not_supported: {
    status: 415,
    ko: 'JPEG, PNG, WebP, GIF 이미지만 올릴 수 있습니다.',
    en: 'Only JPEG, PNG, WebP and GIF images are taken; the content decides, not the name.',
  },
  image_broken: {
    status: 422,
    ko: '이미지 파일이 손상되었습니다.',
    en: 'The image is damaged or is not complete.',
  },
  image_too_many_pixels: {
    status: 422,
    ko: '이미지의 가로세로 크기가 너무 큽니다.',
    en: 'The image has too many pixels.',
  },
  media_not_found: {
    status: 422,
    ko: '올린 이미지나 파일을 찾을 수 없습니다. 다시 올려 주세요.',
    en: 'An image or file was not uploaded by you, is in use already or has expired. Upload it again.',
  },
  post_files_too_large: {
    status: 422,
    ko: '한 포스트의 파일은 모두 합쳐 30MB까지입니다.',
    en: 'The files of one post may have 30 MB together.',
  },
  storage_full: {
    status: 422,
    ko: '올릴 수 있는 파일 용량(300MB)을 모두 썼습니다.',
    en: 'All your files together may have 300 MB.',
  },
  range_not_satisfiable: {
    status: 416,
    ko: '요청한 범위가 파일의 크기를 벗어납니다.',
    en: 'The asked range lies outside the file.',
  },
  // Ranking
  ranking_moved_on: {
    status: 410,
    ko: '순위가 새로 계산되었습니다. 처음부터 다시 불러와 주세요.',
    en: 'The ranking has been computed anew since. Start from the first page.',
  },
  ranking_run_over: {
    status: 409,
    ko: '진행 중인 순위 계산이 아닙니다.',
    en: 'This computation of the ranking is not under way.',
  },
  days_not_kept: {
    status: 422,
    ko: '활동 기록이 남아 있는 기간(오늘까지 35일)만 다시 셀 수 있습니다.',
    en: 'Activity is kept of the last 35 days only, today included.',
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

/** One input at fault: a path such as `body.tags.2`, a code for machines and the text in both languages. */
export type FieldError = { field: string; code: string; message: Text };

/** The only error that code throws to answer a caller. */
export class AppError extends Error {
  override name = 'AppError';
  readonly code: ErrorCode;
  readonly fields: FieldError[];
  /** Seconds. */
  readonly retryAfter: number | undefined;
  /** Answer headers that belong to the error, such as `Allow`. */
  readonly headers: Record<string, string>;

  constructor(
    code: ErrorCode,
    details: {
      fields?: FieldError[];
      retryAfter?: number;
      headers?: Record<string, string>;
      cause?: unknown;
    } = {},
  ) {
    super(code, { cause: details.cause });
    this.code = code;
    this.fields = details.fields ?? [];
    this.retryAfter = details.retryAfter;
    this.headers = details.headers ?? {};
  }
}

export type Language = 'ko' | 'en';

/** Korean unless the caller prefers English. */
export function chooseLanguage(acceptLanguage: string | null | undefined): Language {
  const ranked = (acceptLanguage ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
      const quality = parameters.map((text) => /^\s*q=([\d.]+)$/.exec(text)?.[1]).find(Boolean);
      return { language: tag.split('-')[0], quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ language, quality }) => (language === 'ko' || language === 'en') && quality > 0);
  ranked.sort((a, b) => b.quality - a.quality);
  return (ranked[0]?.language as Language | undefined) ?? 'ko';
}
