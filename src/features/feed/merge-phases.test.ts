import { describe, expect, it } from 'vitest';
import { mergePhases } from './read-feed.ts';

const ids = ({ entries }: ReturnType<typeof mergePhases>) => entries.map(({ id }) => id);

describe('mergePhases', () => {
  it('keeps to what is followed as long as there is a page of it', () => {
    const page = mergePhases(['9', '8', '7'], ['6', '5', '4'], 2);
    expect(ids(page)).toEqual(['9', '8']);
    expect(page.next).toEqual({ phase: 'followed', before: '8' });
  });

  it('tops the last page up with suggestions and goes on with them', () => {
    const page = mergePhases(['9'], ['8', '7', '6', '5'], 3);
    expect(page.entries).toEqual([
      { id: '9', isSuggested: false },
      { id: '8', isSuggested: true },
      { id: '7', isSuggested: true },
    ]);
    expect(page.next).toEqual({ phase: 'suggested', before: '7' });
  });

  it('starts suggestions from the top when what is followed ends exactly with a page', () => {
    const page = mergePhases(['9', '8'], ['7'], 2);
    expect(ids(page)).toEqual(['9', '8']);
    expect(page.next).toEqual({ phase: 'suggested', before: (2n ** 63n - 1n).toString() });
  });

  it('ends where both end', () => {
    expect(mergePhases(['9'], ['8'], 2).next).toBeUndefined();
    expect(mergePhases(['9', '8'], [], 2).next).toBeUndefined();
    expect(mergePhases([], [], 2)).toEqual({ entries: [], next: undefined });
  });
});
