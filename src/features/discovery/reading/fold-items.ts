import type { FoundItem } from '../source.ts';

/** One item for all that share an identity; what the first of them lacks is taken from the others. */
export function foldItems(items: readonly FoundItem[]): FoundItem[] {
  const groups = new Map<string, { item: FoundItem; place: number }>();
  items.forEach((item, place) => {
    // One may join what looked like two.
    const same = new Set(item.identities.flatMap((identity) => groups.get(identity) ?? []));
    const parts = [...same, { item, place }].toSorted((one, other) => one.place - other.place);
    const folded = parts.map((part) => part.item).reduce(completeItem);
    const group = { item: folded, place: parts[0]?.place ?? place };
    for (const identity of folded.identities) groups.set(identity, group);
  });
  return [...new Set(groups.values())]
    .toSorted((one, other) => one.place - other.place)
    .map(({ item }) => item);
}

/** An item with what it lacks taken from another reading of the same thing. */
export function completeItem(item: FoundItem, other: FoundItem): FoundItem {
  const found = Object.entries(other).filter(
    ([name, value]) => (value ?? null) !== null && (item[name as keyof FoundItem] ?? null) === null,
  );
  return {
    ...item,
    ...Object.fromEntries(found),
    identities: [...new Set([...item.identities, ...other.identities])],
  };
}
