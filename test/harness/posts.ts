/** Careers and posts for tests, made through the routes. */
import type { TestApp } from './app.ts';
import type { TestPerson } from './people.ts';

/** A career of a person; answers its id. */
export async function makeCareer(
  app: TestApp,
  { token }: TestPerson,
  { name = '개인 프로젝트', kind = 'personal' }: { name?: string; kind?: 'personal' | 'group' } = {},
): Promise<string> {
  const answer = await app.request('POST', '/v1/careers', { token, body: { name, kind } });
  if (answer.status !== 201) throw new Error(`no career: ${JSON.stringify(answer.body)}`);
  return answer.body.id;
}

export type NewTestPost = {
  careerId: string;
  text?: string;
  tags?: string[];
  links?: string[];
  images?: { mediaId: string; altText?: string }[];
  files?: { mediaId: string }[];
};

/** A post of a person; answers its id. */
export async function writePost(app: TestApp, { token }: TestPerson, post: NewTestPost): Promise<string> {
  const body = { text: post.images || post.links ? '' : '오늘 한 일', ...post };
  const answer = await app.request('POST', '/v1/posts', { token, body });
  if (answer.status !== 201) throw new Error(`no post: ${JSON.stringify(answer.body)}`);
  return answer.body.id;
}
