import { describeFailure } from "@millrace/retry";
import { RuntimeError } from "../runtime-error.ts";

/** How a batch's handler ended. */
export type BatchReport = { readonly returned: unknown } | Thrown;

/** A throw, or what is as one. */
export interface Thrown {
  readonly thrown: unknown;
}

/** What follows for one record: it is handled, has failed, or comes again as if nothing had been. */
export type Verdict = "handled" | "again" | { readonly error: unknown };

/**
 * What a report means for the records of a batch, which are told by their lanes: records of one lane have an order, null has none. What was thrown, when it does
 * not say who is to blame: the batch has to be tried in smaller parts.
 */
export function judgeBatch(lanes: readonly (number | null)[], report: BatchReport): readonly Verdict[] | Thrown {
  const outcomes = "thrown" in report ? report : readOutcomes(lanes.length, report.returned);
  if ("thrown" in outcomes) return lanes.length === 1 ? [{ error: outcomes.thrown }] : outcomes;
  const held = new Set<number>();
  return lanes.map((lane, index) => {
    if (lane !== null && held.has(lane)) return "again";
    const verdict = outcomes[index] as Verdict;
    if (verdict !== "handled" && lane !== null) held.add(lane);
    return verdict;
  });
}

/** One verdict each, order aside; what cannot be one is as a throw. */
function readOutcomes(count: number, returned: unknown): readonly Verdict[] | Thrown {
  if (returned === undefined || returned === null) return Array.from({ length: count }, (): Verdict => "handled");
  if (!Array.isArray(returned)) return misused(`it returned ${typeof returned}`);
  const verdicts: Verdict[] = [];
  try {
    if (returned.length !== count) return misused(`it returned ${returned.length} outcomes for ${count} messages`);
    for (const outcome of returned as readonly unknown[]) {
      if (outcome === undefined) verdicts.push("handled");
      else if (outcome === "not-attempted") verdicts.push("again");
      else if (typeof outcome === "object" && outcome !== null && "error" in outcome) verdicts.push({ error: outcome.error });
      else return misused(`one of its outcomes is ${describeFailure(outcome).message}`);
    }
  } catch {
    // A proxy or a getter of the user's.
    return misused("its outcomes cannot be read");
  }
  // It would be called with the same messages for ever.
  if (!verdicts.some((verdict) => verdict !== "again")) return misused("it attempted none of its messages");
  return verdicts;
}

function misused(what: string): { readonly thrown: RuntimeError } {
  return {
    thrown: new RuntimeError({
      code: "RUNTIME_MISUSED",
      message: `a batch handler must return nothing, or for each message undefined, "not-attempted" or { error }; ${what}`,
    }),
  };
}
