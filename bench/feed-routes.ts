/** The routes that the bench holds to a promise, with requests like those of an app. */
import { makeId } from '../local/seed/row-index.ts';
import type { DataSet } from './data-set.ts';
import type { Shot } from './load-loop.ts';
import type { Route } from './route-times.ts';
import type { Viewer } from './viewers.ts';

const SHOTS = 20_000;
const POSTS_VISITED = 2000;
const PEOPLE_VISITED = 1000;

export function listRoutes({ population }: DataSet, viewers: readonly Viewer[]): Route[] {
  const { posts, people } = population.scale;
  const postIds = Array.from({ length: POSTS_VISITED }, (_, place) => {
    const index = Math.floor((place / POSTS_VISITED) * posts);
    return makeId(population.post(index).createdAt, index);
  });
  const userIds = Array.from({ length: PEOPLE_VISITED }, (_, place) => {
    const index = Math.floor((place / PEOPLE_VISITED) * people);
    return makeId(population.person(index).joinedAt, index);
  });
  function visit(paths: readonly string[], method = 'GET'): Shot[] {
    // Every viewer in turn, each time at another path, so that hardly any pair comes twice.
    return Array.from({ length: SHOTS }, (_, place) => {
      const viewer = viewers[place % viewers.length];
      const path = paths[(place + Math.floor(place / paths.length)) % paths.length];
      if (!viewer || path === undefined) throw new Error('There is nobody, or nothing to look at.');
      return { method, path, token: viewer.token };
    });
  }
  return [
    {
      name: 'feed page',
      path: '/v1/feed',
      shots: visit(['/v1/feed']),
      budget: { none: { p50: 33 / 5, perSecond: 5 * 65 }, tokyo: { p50: 40 } },
    },
    {
      name: 'single post',
      path: '/v1/posts/:id',
      shots: visit(postIds.map((id) => `/v1/posts/${id}`)),
      budget: { none: {}, tokyo: {} },
    },
    {
      name: 'profile',
      path: '/v1/users/:id',
      shots: visit(userIds.map((id) => `/v1/users/${id}`)),
      budget: { none: {}, tokyo: {} },
    },
    {
      name: 'like',
      path: 'PUT /v1/posts/:id/like',
      shots: visit(
        postIds.map((id) => `/v1/posts/${id}/like`),
        'PUT',
      ),
      budget: { none: { p50: 15 }, tokyo: { p50: 40 } },
    },
    {
      name: 'create post',
      path: 'POST /v1/posts',
      shots: viewers.map(({ token, careerId }, place) => {
        const { text, tags } = population.post(place % posts);
        const body = JSON.stringify({ careerId, text, tags });
        return { method: 'POST', path: '/v1/posts', token, body };
      }),
      budget: { none: { p50: 30 }, tokyo: { p50: 70 } },
    },
  ];
}
