import * as z from 'zod';
import { Id, Time } from '../../platform/http/schemas.ts';

export const AskExport = z.strictObject({
  password: z.string().min(1).max(512).normalize('NFC').meta({ format: 'password' }),
});

export const DataExport = z
  .object({
    id: Id,
    state: z.enum(['asked', 'ready', 'expired']),
    createdAt: Time,
    expiresAt: Time.nullable().meta({ description: 'Until then the mailed link works' }),
  })
  .meta({ id: 'DataExport' });
export const DataExportList = z.object({ items: z.array(DataExport) });

export const LinkParams = z.strictObject({
  token: z
    .string()
    .regex(/^[\w-]{43}$/)
    .meta({ example: 'qL3vX0mO0m0d5m3o0b1xJ7hZy2k9sT4uW6aB8cD1eFg' }),
});
export const LinkQuery = z.strictObject({
  volume: z.coerce.number().int().min(1).max(10_000).default(1).meta({ description: 'Of a large archive' }),
});
