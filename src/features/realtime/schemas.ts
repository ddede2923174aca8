import * as z from 'zod';
import { Time } from '../../platform/http/schemas.ts';

export const TicketQuery = z.strictObject({ ticket: z.string().regex(/^[\w-]{43}$/) });

export const Ticket = z.object({ ticket: z.string(), expiresAt: Time }).meta({ id: 'RealtimeTicket' });
