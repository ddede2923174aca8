import * as z from 'zod';
import { defineEvent } from '../../platform/events.ts';
import { SEARCH_KINDS } from './kinds.ts';

/** Staff want search indexes built anew. */
export const searchRebuildAsked = defineEvent(
  'search.rebuild_asked',
  z.object({ kinds: z.array(z.enum(SEARCH_KINDS)) }),
);
