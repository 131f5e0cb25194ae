import { type ComparisonBudget, createComparisonBudget } from "./comparison-budget.ts";
import type { Mismatch } from "./mismatch.ts";

/** More reasons than this are not told for two schemas. */
export const mostReasons = 1_000;

interface Entry<Reason> {
  readonly reasons: readonly Reason[];
  /** The trial in which they were told in full; 0 is no trial. */
  toldIn: number;
}

/**
 * Remembers what comparing two parts of schemas gave, so that each pair is looked at once however often it is met. Paths of reasons start at the
 * pair. A pair that is still being compared counts as compatible: that is how recursive schemas end.
 */
export class ComparisonMemory<Part extends object, Type extends string> {
  readonly budget: ComparisonBudget = createComparisonBudget();
  private readonly known = new Map<Part, Map<Part, Entry<Mismatch<Type>>>>();
  /** Pairs that were found compatible, in this order. */
  private readonly trusted: (readonly [reader: Part, writer: Part])[] = [];
  private trials = 0;
  private trial = 0;

  /** What `calculate` gives for the pair. Told in full once; after that one reason is enough, or parts that are used often would multiply them. */
  compare(reader: Part, writer: Part, calculate: () => readonly Mismatch<Type>[]): readonly Mismatch<Type>[] {
    let byWriter = this.known.get(reader);
    if (byWriter === undefined) {
      byWriter = new Map();
      this.known.set(reader, byWriter);
    }
    const known = byWriter.get(writer);
    if (known !== undefined) {
      const isTold = known.toldIn === 0 || known.toldIn === this.trial;
      if (!isTold) known.toldIn = this.trial;
      return isTold ? known.reasons.slice(0, 1) : known.reasons;
    }
    this.budget.spend();
    byWriter.set(writer, { reasons: [], toldIn: 0 });
    const before = this.trusted.length;
    const reasons = calculate().slice(0, mostReasons);
    byWriter.set(writer, { reasons, toldIn: this.trial });
    // What was found compatible meanwhile may have trusted in this pair, so it must be looked at again.
    if (reasons.length === 0) this.trusted.push([reader, writer]);
    else for (const [trustedReader, trustedWriter] of this.trusted.splice(before)) this.known.get(trustedReader)?.delete(trustedWriter);
    return reasons;
  }

  /** Whether a comparison finds nothing. What it finds is not told, so it will be told in full where it matters. */
  fits(compare: () => readonly unknown[]): boolean {
    this.budget.glance();
    const outer = this.trial;
    this.trial = ++this.trials;
    try {
      return compare().length === 0;
    } finally {
      this.trial = outer;
    }
  }
}

/** The same reasons, seen from a part around theirs. */
export function under<Type extends string>(path: string, mismatches: readonly Mismatch<Type>[]): readonly Mismatch<Type>[] {
  return path === "" || mismatches.length === 0
    ? mismatches
    : mismatches.map((mismatch) => ({ ...mismatch, path: `${path}${mismatch.path}` }));
}

/** The same reasons with paths as users see them. */
export function fromRoot<Type extends string>(mismatches: readonly Mismatch<Type>[]): readonly Mismatch<Type>[] {
  return mismatches.map((mismatch) => (mismatch.path === "" ? { ...mismatch, path: "/" } : mismatch));
}
