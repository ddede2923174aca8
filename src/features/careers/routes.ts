import { endpoint, type Endpoint } from '../../platform/http/endpoint.ts';
import { PageQuery } from '../../platform/http/schemas.ts';
import { acceptInvitation, declineInvitation } from './answer-invitation.ts';
import { createCareer } from './create-career.ts';
import { deleteCareer } from './delete-career.ts';
import { editCareer } from './edit-career.ts';
import { followCareer, unfollowCareer } from './follow-career.ts';
import { invitePeople } from './invite-people.ts';
import { orderCareers } from './order-careers.ts';
import { listCareersOf, listInvitations, readCareer } from './queries.ts';
import { removeMember } from './remove-member.ts';
import * as schema from './schemas.ts';

export const careerEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      id: 'createCareer',
      method: 'post',
      path: '/careers',
      tag: 'careers',
      auth: 'session',
      limit: 'write',
      isIdempotent: true,
      summary: { ko: '커리어 만들기', en: 'Make a career' },
      description: {
        ko: '개인(personal) 또는 그룹(group) 커리어를 만듭니다. 종류는 나중에 바꿀 수 없고, 한 사람은 100개까지 속할 수 있습니다. 같은 Idempotency-Key로 다시 보내면 처음 만든 커리어를 답하고, 그것이 그사이 지워졌으면 career_not_found입니다.',
        en: 'Makes a personal or a group career. Its kind stays as it is; one person can be in 100. Sent again with the same Idempotency-Key, the answer is the career made first, or career_not_found when that has been deleted meanwhile.',
      },
      body: schema.CreateCareer,
      success: { status: 201, body: schema.Career },
      errors: ['limit_reached', 'idempotency_key_reused', 'career_not_found'],
    },
    async ({ ctx, body, clientKey }) => readCareer(ctx, await createCareer(ctx, body, clientKey)),
  ),
  endpoint(
    {
      id: 'listCareersOfUser',
      method: 'get',
      path: '/users/:userId/careers',
      tag: 'careers',
      auth: 'session',
      limit: 'read',
      summary: { ko: '한 사람의 커리어 목록', en: "A person's careers" },
      description: {
        ko: '그 사람이 정한 순서이며, 속한 그룹 커리어도 들어 있습니다. sharePercent는 그 사람의 포스트 가운데 이 커리어의 비율입니다.',
        en: 'In that person’s own order, group careers included. sharePercent: how much of that person’s posts is in this career.',
      },
      params: schema.UserParams,
      success: { status: 200, body: schema.OwnedCareerList },
    },
    async ({ ctx, params }) => ({ items: await listCareersOf(ctx, params.userId) }),
  ),
  endpoint(
    {
      id: 'readCareer',
      method: 'get',
      path: '/careers/:careerId',
      tag: 'careers',
      auth: 'session',
      limit: 'read',
      summary: { ko: '커리어 화면', en: 'A career page' },
      description: {
        ko: '대표 이미지, 주인 또는 멤버, 마지막 포스트 시각, 포스트 수와 나의 역할입니다.',
        en: 'Cover, owner or members, time of the last post, number of posts, and my role.',
      },
      params: schema.CareerParams,
      success: { status: 200, body: schema.Career },
      errors: ['career_not_found'],
    },
    async ({ ctx, params }) => readCareer(ctx, params.careerId),
  ),
  endpoint(
    {
      id: 'editCareer',
      method: 'patch',
      path: '/careers/:careerId',
      tag: 'careers',
      auth: 'session',
      limit: 'write',
      summary: { ko: '커리어 이름 바꾸기', en: 'Rename a career' },
      description: { ko: '그룹은 매니저만 바꿀 수 있습니다.', en: 'Of a group: its manager alone.' },
      params: schema.CareerParams,
      body: schema.EditCareer,
      success: { status: 204 },
      errors: ['career_not_found', 'forbidden'],
    },
    async ({ ctx, params, body }) => editCareer(ctx, params.careerId, body.name),
  ),
  endpoint(
    {
      id: 'deleteCareer',
      method: 'delete',
      path: '/careers/:careerId',
      tag: 'careers',
      auth: 'session',
      limit: 'write',
      summary: { ko: '커리어 지우기', en: 'Delete a career' },
      description: {
        ko: '안에 있는 포스트도 모두 지워집니다. 그룹은 매니저만 지울 수 있습니다.',
        en: 'All posts in it are deleted too. Of a group: by its manager alone.',
      },
      params: schema.CareerParams,
      success: { status: 204 },
      errors: ['career_not_found', 'forbidden'],
    },
    async ({ ctx, params }) => deleteCareer(ctx, params.careerId),
  ),
  endpoint(
    {
      id: 'orderCareers',
      method: 'put',
      path: '/me/careers/order',
      tag: 'careers',
      auth: 'session',
      limit: 'write',
      summary: { ko: '내 커리어 순서 정하기', en: 'Put my careers in order' },
      description: {
        ko: '내가 속한 커리어를 빠짐없이 한 번씩 보냅니다. 그사이 목록이 바뀌었으면 409입니다.',
        en: 'Send every career I am in, each once. 409 when the list has changed meanwhile.',
      },
      body: schema.CareerOrder,
      success: { status: 204 },
      errors: ['conflict'],
    },
    async ({ ctx, body }) => orderCareers(ctx, body.careerIds),
  ),
  endpoint(
    {
      id: 'followCareer',
      method: 'put',
      path: '/careers/:careerId/follow',
      tag: 'careers',
      auth: 'session',
      limit: 'write',
      summary: { ko: '커리어 팔로우', en: 'Follow a career' },
      description: {
        ko: '이 커리어의 포스트가 홈 피드에 보입니다. 내가 속한 커리어는 팔로우할 수 없습니다.',
        en: 'Its posts come to my home feed. Not for careers I belong to.',
      },
      params: schema.CareerParams,
      success: { status: 204 },
      errors: ['career_not_found', 'target_is_own'],
    },
    async ({ ctx, params }) => followCareer(ctx, params.careerId),
  ),
  endpoint(
    {
      id: 'unfollowCareer',
      method: 'delete',
      path: '/careers/:careerId/follow',
      tag: 'careers',
      auth: 'session',
      limit: 'write',
      summary: { ko: '커리어 팔로우 취소', en: 'Stop following a career' },
      params: schema.CareerParams,
      success: { status: 204 },
    },
    async ({ ctx, params }) => unfollowCareer(ctx, params.careerId),
  ),
  endpoint(
    {
      id: 'inviteToCareer',
      method: 'post',
      path: '/careers/:careerId/invitations',
      tag: 'careers',
      auth: 'session',
      limit: 'write',
      summary: { ko: '그룹에 초대하기', en: 'Invite people into a group' },
      description: {
        ko: '매니저가 자신이 팔로우하는 학생을 한 번에 20명까지 초대합니다. 초대할 수 없는 사람은 답의 invitedUserIds에 없습니다. 다시 보내도 초대는 하나입니다.',
        en: 'The manager invites students they follow, up to 20 at a time. Who cannot be invited is not in invitedUserIds. Sending it again doubles nothing.',
      },
      params: schema.CareerParams,
      body: schema.InvitePeople,
      success: { status: 200, body: schema.Invited },
      errors: ['career_not_found', 'forbidden', 'career_not_group', 'limit_reached'],
    },
    async ({ ctx, params, body }) => ({
      invitedUserIds: await invitePeople(ctx, params.careerId, body.userIds),
    }),
  ),
  endpoint(
    {
      id: 'removeCareerMember',
      method: 'delete',
      path: '/careers/:careerId/members/:userId',
      tag: 'careers',
      auth: 'session',
      limit: 'write',
      summary: { ko: '그룹에서 내보내기·나가기', en: 'Remove a member, or leave a group' },
      description: {
        ko: '매니저는 멤버를 내보내거나 초대를 거둘 수 있고, 멤버는 자기 자신을 지정해 나갈 수 있습니다. 쓴 포스트는 남습니다. 매니저는 나갈 수 없습니다.',
        en: 'The manager removes a member or takes an invitation back; a member leaves by naming themselves. Posts stay. The manager cannot leave.',
      },
      params: schema.MemberParams,
      success: { status: 204 },
      errors: ['career_not_found', 'forbidden', 'career_manager_stays'],
    },
    async ({ ctx, params }) => removeMember(ctx, params.careerId, params.userId),
  ),
  endpoint(
    {
      id: 'listCareerInvitations',
      method: 'get',
      path: '/me/career-invitations',
      tag: 'careers',
      auth: 'session',
      limit: 'read',
      summary: { ko: '내가 받은 그룹 초대', en: 'Groups that have invited me' },
      query: PageQuery,
      success: { status: 200, body: schema.CareerInvitationPage },
      errors: ['invalid_cursor'],
    },
    async ({ ctx, query }) => listInvitations(ctx, query),
  ),
  endpoint(
    {
      id: 'acceptCareerInvitation',
      method: 'put',
      path: '/me/career-invitations/:careerId',
      tag: 'careers',
      auth: 'session',
      limit: 'write',
      summary: { ko: '그룹 초대 수락', en: 'Accept an invitation' },
      description: {
        ko: '이제 이 그룹에 포스트를 쓸 수 있습니다. 이미 멤버여도 성공합니다.',
        en: 'From now on I can write in this group. Succeeds when I am in it already.',
      },
      params: schema.CareerParams,
      success: { status: 204 },
      errors: ['limit_reached'],
    },
    async ({ ctx, params }) => acceptInvitation(ctx, params.careerId),
  ),
  endpoint(
    {
      id: 'declineCareerInvitation',
      method: 'delete',
      path: '/me/career-invitations/:careerId',
      tag: 'careers',
      auth: 'session',
      limit: 'write',
      summary: { ko: '그룹 초대 거절', en: 'Decline an invitation' },
      params: schema.CareerParams,
      success: { status: 204 },
    },
    async ({ ctx, params }) => declineInvitation(ctx, params.careerId),
  ),
];
