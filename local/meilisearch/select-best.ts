/** The `count` smallest by `compare`, in order: most of a long list is looked at once and left behind. */
export function selectBest<T>(list: readonly T[], compare: (a: T, b: T) => number, count: number): T[] {
  if (count <= 0) return [];
  if (list.length <= count) return list.toSorted(compare);
  // A heap whose root is the worst of those kept.
  const kept = list.slice(0, count);
  for (let at = (count >> 1) - 1; at >= 0; at -= 1) sink(kept, at, compare);
  for (let at = count; at < list.length; at += 1) {
    const one = list[at] as T;
    if (compare(one, kept[0] as T) >= 0) continue;
    kept[0] = one;
    sink(kept, 0, compare);
  }
  return kept.toSorted(compare);
}

function sink<T>(heap: T[], from: number, compare: (a: T, b: T) => number): void {
  let at = from;
  for (;;) {
    let worst = at;
    for (const child of [2 * at + 1, 2 * at + 2]) {
      if (child < heap.length && compare(heap[child] as T, heap[worst] as T) > 0) worst = child;
    }
    if (worst === at) return;
    [heap[at], heap[worst]] = [heap[worst] as T, heap[at] as T];
    at = worst;
  }
}
