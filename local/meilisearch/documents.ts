export type Document = Record<string, unknown>;
