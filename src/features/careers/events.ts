import * as z from 'zod';
import { defineEvent } from '../../platform/events.ts';
import { Id } from '../../platform/http/schemas.ts';

const CareerPayload = z.object({ careerId: Id, ownerId: Id });
const MemberPayload = z.object({ careerId: Id, userId: Id });

/** A career was made. */
export const careerCreated = defineEvent('career.created', CareerPayload);
/** A career got another name. */
export const careerEdited = defineEvent('career.edited', CareerPayload);
/** A career was deleted; its posts go with it. */
export const careerDeleted = defineEvent('career.deleted', CareerPayload);
/** The manager of a group invited people who were neither in it nor invited. */
export const careerInvited = defineEvent(
  'career.invited',
  z.object({ careerId: Id, inviterId: Id, userIds: z.array(Id) }),
);
/** Somebody accepted an invitation. */
export const careerJoined = defineEvent('career.joined', MemberPayload);
/** A member left a group or was removed from it; the posts stay. */
export const careerLeft = defineEvent('career.left', MemberPayload);
/** Somebody follows a career without belonging to it. */
export const careerFollowed = defineEvent('career.followed', MemberPayload);
/** Somebody follows a career no longer. */
export const careerUnfollowed = defineEvent('career.unfollowed', MemberPayload);
