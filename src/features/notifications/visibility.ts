import { sql, type SQL } from 'drizzle-orm';
import type { Bound } from '../../platform/db/prepare-query.ts';
import { careerMembers, careers } from '../../schema/careers.ts';
import { notifications } from '../../schema/notifications.ts';
import { comments, posts } from '../../schema/posts.ts';
import { follows, LIKE_TARGETS, likes } from '../../schema/reactions.ts';
import { isVisibleTo } from '../people/index.ts';

/**
 * Whether a notification still shows: the thing and the deed are still there, and whoever did it may be seen. A condition
 * on `notifications` with its `posts`, `comments` and `careers` joined to it.
 */
export function isShown(viewerId: Bound): SQL {
  const isPostThere = sql`(${posts.deletedAt} is null and ${isVisibleTo(viewerId, posts.authorId)})`;
  const isCommentThere = sql`(${comments.deletedAt} is null and ${isPostThere})`;
  const byActor = sql`(${isVisibleTo(viewerId, notifications.actorId)})`;
  return sql`case ${notifications.kind}
    when 'follow' then ${byActor} and exists (select 1 from ${follows} as deed where deed.follower_id = ${notifications.actorId} and deed.followee_id = ${viewerId})
    when 'career_invitation' then ${byActor} and ${careers.deletedAt} is null and exists (select 1 from ${careerMembers} as deed where deed.career_id = ${notifications.careerId} and deed.user_id = ${viewerId} and deed.state = 'invited')
    when 'post_like' then ${isPostThere} and ${newestLiker(viewerId)} is not null
    when 'comment_like' then ${isCommentThere} and ${newestLiker(viewerId)} is not null
    when 'career_post' then ${isPostThere} and exists (select 1 from ${careerMembers} as deed where deed.career_id = ${notifications.careerId} and deed.user_id = ${viewerId} and deed.state = 'active')
    when 'rank_change' then true
    else ${byActor} and ${isCommentThere}
  end`;
}

/** Who may be seen and liked it last; a scalar. */
export function newestLiker(viewerId: Bound): SQL {
  return sql`(select deed.user_id from ${likes} as deed where deed.target_kind = ${likeKind()} and deed.target_id = ${likedId()} and deed.user_id <> ${viewerId} and ${isVisibleTo(viewerId, sql.raw('deed.user_id'))} order by deed.target_kind desc, deed.target_id desc, deed.id desc limit 1)`;
}

/** How many likes there are besides the newest and the viewer's own, as the thing itself counts them; a scalar. */
export function otherLikers(viewerId: Bound): SQL {
  const all = sql`if(${notifications.kind} = 'post_like', ${posts.likeCount}, ${comments.likeCount})`;
  const mine = sql`(select count(*) from ${likes} as mine where mine.target_kind = ${likeKind()} and mine.target_id = ${likedId()} and mine.user_id = ${viewerId})`;
  return sql`if(${notifications.kind} in ('post_like', 'comment_like'), greatest(0, cast(${all} as signed) - 1 - ${mine}), 0)`;
}

function likeKind(): SQL {
  return sql`if(${notifications.kind} = 'post_like', ${LIKE_TARGETS.post}, ${LIKE_TARGETS.comment})`;
}

function likedId(): SQL {
  return sql`if(${notifications.kind} = 'post_like', ${notifications.postId}, ${notifications.commentId})`;
}
