import { sleep } from "@millrace/core";
import type { Admin } from "@millrace/kafka";

const pollMs = 100;
const patienceMs = 120_000;

/** Records of these topics that the group has not committed yet. */
async function groupLag(admin: Admin, group: string, topics: readonly string[]): Promise<number> {
  const described = await admin.describeTopics(topics);
  const partitions = described.flatMap((topic) => topic.partitions.map(({ partition }) => ({ topic: topic.name, partition })));
  const [starts, committed] = await Promise.all([admin.offsets(partitions, "earliest"), admin.groupOffsets(group, topics)]);
  // Afterwards: what is parked between the two looks lies behind what was committed at the first.
  const ends = await admin.offsets(partitions, "latest");
  const nameOf = (place: { readonly topic: string; readonly partition: number }): string => `${place.topic}/${place.partition}`;
  const position = new Map([...starts, ...committed.filter(({ offset }) => offset >= 0)].map((place) => [nameOf(place), place.offset]));
  return ends.reduce((lag, end) => lag + Math.max(0, end.offset - (position.get(nameOf(end)) ?? 0)), 0);
}

/**
 * Waits until the group has committed everything.
 * @throws Error when the lag has not changed for two minutes
 */
export async function waitUntilSettled(options: {
  readonly admin: Admin;
  readonly group: string;
  readonly topics: readonly string[];
  readonly onLag: (lag: number) => void;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { admin, group, topics, onLag, signal } = options;
  let last = -1;
  let changedAt = performance.now();
  for (;;) {
    const lag = await groupLag(admin, group, topics);
    onLag(lag);
    if (lag === 0) return;
    if (lag !== last) changedAt = performance.now();
    else if (performance.now() - changedAt > patienceMs)
      throw new Error(`${lag} records are left and nothing has moved for ${patienceMs / 1000} s`);
    last = lag;
    await sleep(pollMs, { signal, what: "waiting for the group to settle" });
  }
}
