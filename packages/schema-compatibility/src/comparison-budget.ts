/** Most work for one comparison: far more than schemas need, about a second. */
const mostSteps = 100_000;

/** Bounds the work of one comparison, because two schemas can be written so that everything in one meets everything in the other. */
export interface ComparisonBudget {
  /**
   * A comparison of two parts is one step.
   * @throws RangeError when there has been too much work, as a recursion that is too deep does
   */
  spend(): void;
  /** A mere look at two parts, or at some of their names, is much less. */
  glance(times?: number): void;
}

export function createComparisonBudget(): ComparisonBudget {
  let left = mostSteps;
  const take = (steps: number): void => {
    left -= steps;
    if (left < 0) throw new RangeError("two schemas take too many steps to compare");
  };
  return { spend: () => take(1), glance: (times = 1) => take(0.05 * times) };
}
