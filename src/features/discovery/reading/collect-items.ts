import { SourceError, type Dropped, type DropReason, type FoundItem } from '../source.ts';
import { foldItems } from './fold-items.ts';

/** What is kept of a page; no source gives more today. */
const MAX_ITEMS = 100;
/** So many entries are enough to tell that a shape is another one, and not that one entry is broken. */
const ENOUGH_TO_TELL = 3;
const UNREADABLE: ReadonlySet<DropReason> = new Set(['no_title', 'no_address', 'no_id', 'malformed']);

/**
 * Reads the entries of a page one by one, so that a bad one costs itself alone, and adds them to those `before`. Throws
 * `schema_changed` when not one of several entries could be read.
 */
export async function collectItems<Entry>(
  entries: readonly Entry[],
  before: readonly FoundItem[],
  readEntry: (entry: Entry) => FoundItem | DropReason | Promise<FoundItem | DropReason>,
): Promise<{ items: FoundItem[]; dropped: Dropped }> {
  const counts = new Map<DropReason, number>();
  const drop = (reason: DropReason, times = 1) => {
    if (times > 0) counts.set(reason, (counts.get(reason) ?? 0) + times);
  };
  const read: FoundItem[] = [];
  for (const entry of entries.slice(0, MAX_ITEMS)) {
    const item = await readEntry(entry);
    if (typeof item === 'string') drop(item);
    else read.push(item);
  }
  const isStrange = read.length === 0 && entries.length >= ENOUGH_TO_TELL;
  if (isStrange && [...counts.keys()].every((reason) => UNREADABLE.has(reason))) {
    throw new SourceError('schema_changed');
  }
  const items = foldItems([...before, ...read]);
  drop('repeated', before.length + read.length - items.length);
  drop('over_limit', entries.length - MAX_ITEMS);
  return { items, dropped: Object.fromEntries(counts) };
}
