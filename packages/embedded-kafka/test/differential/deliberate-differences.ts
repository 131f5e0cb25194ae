import type { Recorded } from "./normaliser.ts";
import type { Step } from "./scenario.ts";

/** Something in which the embedded broker is meant to differ from Apache Kafka. */
export interface DeliberateDifference {
  readonly scenario: string;
  /** Label of the step, as in the recording. */
  readonly step: string;
  /** Way through the answer, such as `topics.0.errorCode`; empty for all of it. */
  readonly path: string;
  readonly embedded: Recorded;
  readonly kafka: Recorded;
  readonly reason: string;
}

const firstAborted = { producerId: "producer-1", firstOffset: 0 };
const secondAborted = { producerId: "producer-2", firstOffset: 1 };

/** All of them. Each is checked: a difference that is no longer there fails the comparison. */
export const deliberateDifferences: readonly DeliberateDifference[] = [
  "committed records",
  "at most 1 bytes",
  "at most 200 bytes",
  "at most 300 bytes",
].map((step) => ({
  scenario: "transactions that end in another order than they began",
  step: `${step} (Fetch v11)`,
  path: "responses.0.partitions.0.abortedTransactions",
  embedded: step === "at most 1 bytes" ? [firstAborted] : [firstAborted, secondAborted],
  kafka: [secondAborted, firstAborted],
  reason: "clients such as kafkajs take the list to be sorted by first offset, and it need not name what the answer holds nothing of",
}));

/**
 * What the recordings leave out of the comparison for every scenario, see `normaliser.ts`: each is a freedom that clients have to live with.
 * - Ids, addresses, the cluster's id, the wording of texts, throttle times, and the broker's clock.
 * - The order of members of a group, of partitions in a produce response, and of unknown partitions in a fetch response: Kafka has them in
 *   hash maps.
 * - What follows the last whole batch in a fetch response: Kafka may cut a batch, the embedded broker never does.
 * Not in any scenario is what Apache Kafka 4.3.1 does not answer at all and the embedded broker does: a produce request whose records are
 * null, a join of a consumer whose metadata is no subscription, and the sync of a member that leaves while it waits for the leader's.
 */

/** Both recordings of one scenario. */
export interface Recordings {
  readonly embedded: readonly Step[];
  readonly kafka: readonly Step[];
}

/** The recordings with every deliberate difference, after a check that it is there, replaced by the same text. */
export function withoutDeliberateDifferences(scenario: string, recordings: Recordings): Recordings {
  const { embedded, kafka } = structuredClone(recordings);
  for (const difference of deliberateDifferences.filter((each) => each.scenario === scenario)) {
    replace(embedded, difference, difference.embedded);
    replace(kafka, difference, difference.kafka);
  }
  return { embedded, kafka };
}

function replace(steps: readonly Step[], { step, path, reason }: DeliberateDifference, expected: Recorded): void {
  const keys = ["answer", ...path.split(".").filter((key) => key !== "")];
  const last = keys.pop()!;
  const found = steps.filter(({ label }) => label === step);
  if (found.length === 0) throw new Error(`no step "${step}", where a deliberate difference is expected: ${reason}`);
  for (const each of found) {
    // A path through a recording, which is plain data.
    let holder = each as unknown as Record<string, unknown>;
    for (const key of keys) holder = holder[key] as Record<string, unknown>;
    if (JSON.stringify(holder[last]) !== JSON.stringify(expected)) {
      throw new Error(`step "${step}" has ${JSON.stringify(holder[last])} at "${path}", not ${JSON.stringify(expected)}: ${reason}`);
    }
    holder[last] = `deliberate difference: ${reason}`;
  }
}
