import { Hono } from 'hono';
import { html } from 'hono/html';
import type { Config } from '../context.ts';
import type { AppContext } from './app-context.ts';

/** `/bot`: the address in the User-Agent of whatever we read from other sites, for those who run them. */
export function botRoutes(): Hono<AppContext> {
  const routes = new Hono<AppContext>();
  routes.get('/bot', (c) => {
    c.header('cache-control', 'public, max-age=300');
    return c.html(botPage(c.get('deps').config.crawl));
  });
  return routes;
}

function botPage({ contact, robotsExceptions }: Config['crawl']) {
  const mail = html`<a href="mailto:${contact}">${contact}</a>`;
  const stop = html`<pre>
User-agent: LoopUsBot
Disallow: /</pre>`;
  const exceptions = robotsExceptions.join(', ');
  return html`<!doctype html>
    <html lang="ko">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>LoopUsBot</title>
      </head>
      <body>
        <main>
          <h1>LoopUsBot</h1>
          <section lang="ko">
            <p>
              LoopUsBot은 대학생 커리어 SNS 루프어스(Loop Us)의 로봇입니다. 사용자가 쓰는 태그로 하루에 한 번
              뉴스, 블로그 글, 동영상을 찾아 제목, 지은이 또는 매체, 날짜, 그림의 주소와 원문 링크만
              저장합니다. 본문은 저장하지 않습니다. 뉴스는 30일, 블로그 글은 180일이 지나면 지우고, 동영상은
              30일마다 새로 확인하거나 지웁니다. 사용자가 글에 링크를 넣으면 그 페이지를 한 번 읽어 미리보기를
              만듭니다.
            </p>
            <p>
              한 사이트에는 한 번에 하나씩만 요청하고, robots.txt(Crawl-delay 포함)와 Retry-After를 따릅니다.
              링크 미리보기는 사용자가 부탁한 한 번의 읽기이므로 robots.txt를 묻지 않습니다.
              ${exceptions && html`운영자의 결정으로 robots.txt와 관계없이 읽는 곳: ${exceptions}.`}
            </p>
            <p>
              그만 읽기를 바라시면 robots.txt에 아래 두 줄을 넣거나(하루 안에 따릅니다) ${mail}로 알려 주세요.
            </p>
            ${stop}
          </section>
          <section lang="en">
            <p>
              LoopUsBot is the robot of Loop Us, a career network for university students in Korea. Once a day
              it looks for news, blog posts and videos by the tags people use, and keeps their title, author
              or publisher, date, the address of a picture and the link. It keeps no full text. News go after
              30 days, blog posts after 180, and videos are looked up again or dropped within 30. When
              somebody posts a link, its page is read once to show a preview.
            </p>
            <p>
              It makes one request to a site at a time, and honours robots.txt (Crawl-delay included) and
              Retry-After. A link preview is one reading that a person has asked for: robots.txt is not asked.
              ${exceptions && html`Read whatever robots.txt says, by the operator’s decision: ${exceptions}.`}
            </p>
            <p>
              To be left alone, put the two lines above into your robots.txt (we follow within a day) or write
              to ${mail}.
            </p>
          </section>
        </main>
      </body>
    </html>`;
}
