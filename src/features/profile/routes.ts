import { endpoint, type Endpoint } from '../../platform/http/endpoint.ts';
import { editProfile } from './edit-profile.ts';
import { readProfile } from './queries.ts';
import { EditProfile, MyProfile, Profile, SetAvatar, UserParams } from './schemas.ts';
import { setAvatar } from './set-avatar.ts';
import { toMyProfile, toProfile } from './view.ts';

export const profileEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      id: 'readProfile',
      method: 'get',
      path: '/users/:userId',
      tag: 'profile',
      auth: 'session',
      limit: 'read',
      summary: { ko: '프로필 보기', en: 'Somebody’s profile' },
      description: {
        ko: '커리어와 자주 쓰는 태그까지 한 번에 옵니다. 탈퇴했거나 나를 차단한 사람은 404입니다. 포스트는 GET /v1/users/{userId}/posts.',
        en: 'With careers and most used tags. Somebody who left or blocked me is a 404. Posts: GET /v1/users/{userId}/posts.',
      },
      params: UserParams,
      success: { status: 200, body: Profile },
    },
    async ({ ctx, params }) =>
      toProfile(await readProfile(ctx, params.userId), {
        viewerId: ctx.actor.userId,
        mediaBaseUrl: ctx.deps.config.mediaBaseUrl,
      }),
  ),
  endpoint(
    {
      id: 'readMyProfile',
      method: 'get',
      path: '/me',
      tag: 'profile',
      auth: 'session',
      limit: 'read',
      summary: { ko: '내 프로필', en: 'My profile' },
      success: { status: 200, body: MyProfile },
      errors: ['not_found'],
    },
    async ({ ctx }) =>
      toMyProfile(await readProfile(ctx, ctx.actor.userId), {
        viewerId: ctx.actor.userId,
        mediaBaseUrl: ctx.deps.config.mediaBaseUrl,
      }),
  ),
  endpoint(
    {
      id: 'editMyProfile',
      method: 'patch',
      path: '/me',
      tag: 'profile',
      auth: 'session',
      limit: 'write',
      summary: { ko: '내 프로필 고치기', en: 'Change my profile' },
      description: {
        ko: '보낸 항목만 바뀝니다. 링크는 하나씩 바뀌며 null이면 지워집니다.',
        en: 'Only what is sent changes. Links change one by one; null removes one.',
      },
      body: EditProfile,
      success: { status: 204 },
    },
    async ({ ctx, body }) => editProfile(ctx, body),
  ),
  endpoint(
    {
      id: 'setMyAvatar',
      method: 'put',
      path: '/me/avatar',
      tag: 'profile',
      auth: 'session',
      limit: 'write',
      summary: { ko: '프로필 사진 바꾸기', en: 'Change my picture' },
      description: {
        ko: '먼저 올린 사진(kind=avatar)의 mediaId를 보냅니다. null이면 기본 사진으로 돌아갑니다.',
        en: 'Send the mediaId of a picture uploaded with kind=avatar; null brings back the default picture.',
      },
      body: SetAvatar,
      success: { status: 204 },
      errors: ['media_not_found'],
    },
    async ({ ctx, body }) => setAvatar(ctx, body.mediaId),
  ),
];
