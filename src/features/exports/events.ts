import * as z from 'zod';
import { defineEvent } from '../../platform/events.ts';
import { Id } from '../../platform/http/schemas.ts';

const ExportPayload = z.object({ exportId: Id, userId: Id });

/** Somebody asked for everything of theirs. */
export const exportAsked = defineEvent('export.asked', ExportPayload);
/** It can be fetched. */
export const exportReady = defineEvent('export.ready', ExportPayload);
