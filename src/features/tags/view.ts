/** Uses of a tag in the last 7 days, and in the 28 days before, those of a person counted once a day. */
export type Uses = { recentCount: number; earlierCount: number };

/**
 * How far a tag's last week stands above its usual week, in units of the chance variation of such counts, which is their
 * square root. So neither a rare tag used twice as often nor a common one used a little more comes first.
 */
export function riseOf({ recentCount, earlierCount }: Uses): number {
  const usual = earlierCount / 4;
  return (recentCount - usual) / Math.sqrt(usual + 1);
}
