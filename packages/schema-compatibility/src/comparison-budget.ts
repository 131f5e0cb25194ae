/** Most pairs of parts that one comparison looks at: far more than schemas need, about a second of work. */
const mostSteps = 1_000_000;

/** Bounds the work of one comparison, because two schemas can be written so that everything in one meets everything in the other. */
export interface ComparisonBudget {
  /** @throws RangeError when there has been too much work, as a recursion that is too deep does */
  spend(steps?: number): void;
}

export function createComparisonBudget(): ComparisonBudget {
  let left = mostSteps;
  return {
    spend: (steps = 1) => {
      left -= steps;
      if (left < 0) throw new RangeError("two schemas take too many steps to compare");
    },
  };
}
