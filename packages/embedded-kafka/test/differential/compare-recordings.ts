import { isDeepStrictEqual } from "node:util";
import { type Recordings, withoutDeliberateDifferences } from "./deliberate-differences.ts";
import type { Recorded } from "./normaliser.ts";

/** A step that the two brokers answered differently. */
export interface DifferentStep {
  readonly label: string;
  /** `undefined` where the recording has ended. */
  readonly embedded: Recorded | undefined;
  readonly kafka: Recorded | undefined;
}

/** The steps of a scenario in which two brokers differ and are not meant to. */
export function compareRecordings(scenario: string, recordings: Recordings): DifferentStep[] {
  const { embedded, kafka } = withoutDeliberateDifferences(scenario, recordings);
  const different: DifferentStep[] = [];
  for (let index = 0; index < Math.max(embedded.length, kafka.length); index++) {
    const [left, right] = [embedded[index], kafka[index]];
    if (isDeepStrictEqual(left, right)) continue;
    const label = left?.label === right?.label ? left!.label : `${left?.label ?? "nothing"} / ${right?.label ?? "nothing"}`;
    different.push({ label, embedded: left?.answer, kafka: right?.answer });
  }
  return different;
}
