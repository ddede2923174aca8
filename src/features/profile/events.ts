import * as z from 'zod';
import { defineEvent } from '../../platform/events.ts';
import { Id } from '../../platform/http/schemas.ts';

/** Somebody changed what their profile says or shows. */
export const profileEdited = defineEvent('profile.edited', z.object({ userId: Id }));
