import type { PushKind } from './schemas.ts';

/** What stands on the lock screen: the kind alone. Who and what is fetched by the app with the ids in the push. */
export const PUSH_TITLE = { ko: '루프어스', en: 'Loop Us' };

export const PUSH_TEXTS: Record<PushKind, { ko: string; en: string }> = {
  follow: { ko: '새로운 사람이 나를 팔로우합니다.', en: 'Somebody new follows you.' },
  career_invitation: { ko: '그룹 커리어에 초대받았습니다.', en: 'You are invited into a group career.' },
  post_like: { ko: '내 포스트를 좋아하는 사람이 있습니다.', en: 'Your post was liked.' },
  comment_like: { ko: '내 댓글을 좋아하는 사람이 있습니다.', en: 'Your comment was liked.' },
  comment: { ko: '내 포스트에 댓글이 달렸습니다.', en: 'Your post has a new comment.' },
  reply: { ko: '내 댓글에 답글이 달렸습니다.', en: 'Your comment has a new reply.' },
  mention: { ko: '답글에서 나를 언급했습니다.', en: 'You were mentioned in a reply.' },
  career_post: { ko: '그룹 커리어에 새 포스트가 올라왔습니다.', en: 'Your group career has a new post.' },
  rank_change: { ko: '내 순위가 올랐습니다.', en: 'Your rank has risen.' },
  message: { ko: '새 메시지가 왔습니다.', en: 'You have a new message.' },
};
