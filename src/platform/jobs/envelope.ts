import * as z from 'zod';

/** Longest key of a job; the ledger adds a slice's number to it. */
export const MAX_KEY_LENGTH = 150;

const Slice = z.strictObject({ number: z.number().int().min(1).max(1_000_000), position: z.unknown() });

/** What travels through QStash. `v` tells deploys that overlap apart. */
export const Envelope = z.strictObject({
  v: z.literal(1),
  name: z.string().min(1).max(60),
  key: z
    .string()
    .regex(/^[\x21-\x7e]+$/)
    .max(MAX_KEY_LENGTH),
  payload: z.record(z.string(), z.unknown()),
  /** Of long work: which message of it this is, and where it goes on. */
  slice: Slice.optional(),
});

export type Envelope = z.output<typeof Envelope>;

/** The envelope in a body; undefined when it holds none. */
export function readEnvelope(body: string): Envelope | undefined {
  try {
    return Envelope.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}
