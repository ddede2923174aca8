import type { Settings } from 'meilisearch';
import type { Ctx } from '../../../platform/context.ts';
import { sha256 } from '../../../platform/crypto.ts';
import type { SearchKind } from '../kinds.ts';

export type SearchDocument = { id: string; [attribute: string]: unknown };

/** An index as code: what the engine is told, and how its documents come from MySQL. */
export type IndexDefinition = {
  kind: SearchKind;
  /** Raise it when documents get another shape: the index is then built anew. */
  version: number;
  settings: Settings;
  /** Ids in the order of the list after `after`, those that may not be found among them. */
  listIds(ctx: Ctx, after: string | undefined, limit: number): Promise<string[]>;
  /** Documents of those that may be found; the rest is missing, and is taken out of the index. */
  load(ctx: Ctx, ids: readonly string[]): Promise<SearchDocument[]>;
};

/** Tells one definition from another. */
export function fingerprintOf({ version, settings }: IndexDefinition): Promise<string> {
  return sha256(JSON.stringify([version, settings]));
}
