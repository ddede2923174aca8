import { Hono } from 'hono';
import { html, raw } from 'hono/html';
import { ERRORS } from '../errors.ts';
import type { AppContext } from './app-context.ts';
import type { Endpoint } from './endpoint.ts';
import { buildOpenApi } from './openapi.ts';

/** Sections of the reference, in the order a newcomer meets them. */
const TAGS = [
  { name: 'system', description: '상태 · Health' },
  { name: 'schools', description: '학교와 학과 · Schools and departments' },
  { name: 'account', description: '가입, 로그인, 계정 · Sign-up, log-in, account' },
  { name: 'profile', description: '프로필 · Profiles' },
  { name: 'careers', description: '커리어 · Careers' },
  { name: 'posts', description: '포스트 · Posts' },
  { name: 'media', description: '이미지와 파일 · Images and files' },
  { name: 'comments', description: '댓글과 답글 · Comments and replies' },
  { name: 'reactions', description: '좋아요와 스크랩 · Likes and bookmarks' },
  { name: 'follows', description: '루프(팔로우)와 차단 · Follows and blocks' },
  { name: 'feed', description: '홈 피드 · Home feed' },
  { name: 'tags', description: '태그 · Tags' },
  { name: 'search', description: '검색 · Search' },
  { name: 'ranking', description: '커리어 보드와 랭킹 · The career board and rankings' },
  { name: 'discovery', description: '뉴스·영상·블로그 · News, videos, blog posts' },
  { name: 'notifications', description: '알림과 푸시 · Notifications and pushes' },
  { name: 'messages', description: '메시지 · Messages' },
  { name: 'realtime', description: '실시간 연결 · Real time' },
  { name: 'reports', description: '신고 · Reports' },
  { name: 'staff', description: '운영진 · Staff' },
  { name: 'jobs', description: '백그라운드 작업 · Background jobs (QStash)' },
];

const documents = new Map<string, object>();

/** The document, built at its first reading: start-up does not pay for it. */
export function openApiDocument(endpoints: readonly Endpoint[], publicUrl: string): object {
  const used = new Set(endpoints.map(({ spec }) => spec.tag));
  const document =
    documents.get(publicUrl) ??
    buildOpenApi(
      endpoints,
      publicUrl,
      TAGS.filter(({ name }) => used.has(name)),
    );
  documents.set(publicUrl, document);
  return document;
}

/** `/openapi.json`, the reference page at `/docs` and the list of errors that problem `type`s lead to. */
export function docsRoutes(endpoints: readonly Endpoint[]): Hono<AppContext> {
  const routes = new Hono<AppContext>();
  routes.get('/openapi.json', (c) => {
    c.header('cache-control', 'public, max-age=300');
    return c.json(openApiDocument(endpoints, c.get('deps').config.publicUrl));
  });
  routes.get('/docs', (c) => {
    c.header('content-security-policy', PAGE_POLICY);
    c.header('cache-control', 'public, max-age=300');
    return c.html(referencePage);
  });
  routes.get('/docs/start.js', (c) => {
    c.header('cache-control', 'public, max-age=300');
    return c.body(START_SCRIPT, 200, { 'content-type': 'text/javascript; charset=utf-8' });
  });
  routes.get('/docs/errors', (c) => {
    c.header('content-security-policy', PAGE_POLICY);
    c.header('cache-control', 'public, max-age=300');
    return c.html(errorsPage());
  });
  return routes;
}

const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

const START_SCRIPT = `window.onload = () => {
  SwaggerUIBundle({ url: '/openapi.json', dom_id: '#reference', deepLinking: true, validatorUrl: null,
    docExpansion: 'none', defaultModelsExpandDepth: 0, persistAuthorization: true, tryItOutEnabled: true });
};`;

const STYLE = `
  body { margin: 0; font-family: system-ui, -apple-system, 'Apple SD Gothic Neo', 'Noto Sans KR', sans-serif; color: #1c2434; background: #fff; }
  header { padding: 28px 24px 4px; max-width: 1460px; margin: 0 auto; }
  h1 { font-size: 26px; margin: 0 0 6px; } p { margin: 4px 0; line-height: 1.6; color: #4a5568; }
  a { color: #2f5fd0; } table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: 8px 10px; border-bottom: 1px solid #e5e9f2; vertical-align: top; }
  code { background: #f2f5fb; padding: 1px 6px; border-radius: 4px; }
  .swagger-ui .topbar, .swagger-ui .info { display: none; }`;

const referencePage = html`<!doctype html>
  <html lang="ko">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>Loop Us API</title>
      <link rel="stylesheet" href="/docs-assets/swagger-ui.css" />
      <style>
        ${raw(STYLE)}
      </style>
    </head>
    <body>
      <header>
        <h1>루프어스 API · Loop Us API</h1>
        <p>
          로그인이 필요한 주소는 <code>Authorization: Bearer &lt;token&gt;</code>을 보냅니다. 아래 Authorize에
          토큰을 넣으면 바로 써 볼 수 있습니다. 토큰은 가입 또는 로그인의 답에 있습니다.
        </p>
        <p>
          Routes that need a session take <code>Authorization: Bearer &lt;token&gt;</code>: put the token from
          sign-up or log-in into Authorize and try them here.
        </p>
        <p>
          <a href="/docs-assets/api-guide.ko.txt">안내서</a> ·
          <a href="/docs-assets/api-guide.en.txt">Guide</a> ·
          <a href="/docs-assets/realtime.txt">실시간 · Real time</a> ·
          <a href="/docs/errors">오류 코드 · Error codes</a> ·
          <a href="/openapi.json">OpenAPI 3.1</a>
        </p>
      </header>
      <main id="reference"></main>
      <script src="/docs-assets/swagger-ui-bundle.js"></script>
      <script src="/docs/start.js"></script>
    </body>
  </html>`;

function errorsPage() {
  return html`<!doctype html>
    <html lang="ko">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Loop Us API: errors</title>
        <style>
          ${raw(STYLE)}
        </style>
      </head>
      <body>
        <header>
          <h1>오류 코드 · Error codes</h1>
          <p><a href="/docs">API</a></p>
          <table>
            <tr>
              <th>code</th>
              <th>HTTP</th>
              <th>한국어</th>
              <th>English</th>
            </tr>
            ${Object.entries(ERRORS).map(
              ([code, row]) =>
                html`<tr id="${code}">
                  <td><code>${code}</code></td>
                  <td>${row.status}</td>
                  <td>${row.ko}</td>
                  <td>${row.en}</td>
                </tr>`,
            )}
          </table>
        </header>
      </body>
    </html>`;
}
