import { describe, expect, it } from 'vitest';
import type { FoundItem } from '../source.ts';
import { collectItems } from './collect-items.ts';
import { completeItem, foldItems } from './fold-items.ts';

function item(identities: string[], more: Partial<FoundItem> = {}): FoundItem {
  return {
    identities,
    title: identities.join(),
    author: null,
    url: 'https://example.com/',
    pictureUrl: null,
    publishedAt: null,
    language: null,
    ...more,
  };
}

describe('items', () => {
  it('that share an identity are one, in the place of the first, completed by the others', () => {
    const folded = foldItems([item(['a']), item(['b']), item(['c', 'a'], { author: 'A' })]);
    expect(folded.map(({ identities }) => identities)).toEqual([['a', 'c'], ['b']]);
    expect(folded[0]).toMatchObject({ title: 'a', author: 'A' });
  });

  it('that looked like two become one when a third has the identities of both', () => {
    const folded = foldItems([item(['a']), item(['x']), item(['b']), item(['b', 'a', 'c']), item(['c'])]);
    expect(folded.map(({ identities }) => identities.toSorted())).toEqual([['a', 'b', 'c'], ['x']]);
  });

  it('are completed and not overwritten', () => {
    const at = new Date();
    const both = completeItem(
      item(['a'], { author: 'A' }),
      item(['b'], { author: 'B', publishedAt: at, durationSeconds: 5 }),
    );
    expect(both).toMatchObject({
      identities: ['a', 'b'],
      title: 'a',
      author: 'A',
      publishedAt: at,
      durationSeconds: 5,
    });
  });

  it('are kept up to a hundred, and what is left out is counted by its reason', async () => {
    const entries = Array.from({ length: 130 }, (_, index) => index);
    const { items, dropped } = await collectItems(entries, [], (n) =>
      n % 10 === 0 ? 'no_title' : item([`${n % 95}`]),
    );
    expect(items).toHaveLength(86);
    expect(dropped).toEqual({ no_title: 10, repeated: 4, over_limit: 30 });
  });

  it('none of which can be read are of another shape; one alone may be broken', async () => {
    await expect(collectItems([1, 2, 3], [], () => 'malformed')).rejects.toMatchObject({
      outcome: 'schema_changed',
    });
    expect(await collectItems([1, 2], [], () => 'malformed')).toEqual({
      items: [],
      dropped: { malformed: 2 },
    });
    expect(await collectItems([1, 2, 3], [], () => 'wrong_kind')).toEqual({
      items: [],
      dropped: { wrong_kind: 3 },
    });
  });
});
