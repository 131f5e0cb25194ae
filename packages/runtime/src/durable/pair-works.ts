import type { ClaimWork } from "../claim-work.ts";
import { RuntimeError } from "../runtime-error.ts";

/** Source and retry partition of one number. */
export interface WorkPair {
  readonly source: ClaimWork;
  readonly retry: ClaimWork;
}

/** Pairs the source and retry partitions among these. @throws RuntimeError (`RUNTIME_UNPAIRED_PARTITION`) */
export function pairWorks(
  { topic, retryTopic }: { readonly topic: string; readonly retryTopic: string },
  works: readonly ClaimWork[],
): readonly WorkPair[] {
  const of = (name: string): Map<number, ClaimWork> =>
    new Map(works.filter(({ claim }) => claim.topic === name).map((work) => [work.claim.partition, work]));
  const sources = of(topic);
  const retries = of(retryTopic);
  for (const [one, other, missing] of [
    [sources, retries, retryTopic],
    [retries, sources, topic],
  ] as const) {
    const alone = [...one].find(([partition]) => !other.has(partition))?.[1];
    if (alone === undefined) continue;
    const { claim } = alone;
    throw new RuntimeError({
      code: "RUNTIME_UNPAIRED_PARTITION",
      // The other one may be made, or the members that do not read it may go.
      retryable: true,
      message: `${claim.topic}/${claim.partition} was assigned without ${missing}/${claim.partition}, and with retryLater or exactlyOnce they belong together: both topics need the same number of partitions (topology: "create" sees to it), and every member of the group must read both`,
    });
  }
  return [...sources].map(([partition, source]) => ({ source, retry: retries.get(partition) as ClaimWork }));
}
