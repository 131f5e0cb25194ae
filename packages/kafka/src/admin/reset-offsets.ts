import { InvalidOptionsError } from "@millrace/core";
import type { AdminCallOptions, DriverAdmin } from "../driver/driver-admin.ts";
import { KafkaError } from "../kafka-error.ts";
import type { TopicPartition } from "../record.ts";
import type { Admin, OffsetReset } from "./admin.ts";

type OffsetChange = Awaited<ReturnType<Admin["resetOffsets"]>>[number];

/** Works out where a group goes, and takes it there unless it is a dry run. */
export async function resetOffsets(
  driver: DriverAdmin,
  group: string,
  { to, topics, partitions, dryRun = false }: OffsetReset,
  call: AdminCallOptions,
): Promise<readonly OffsetChange[]> {
  assertSound(to);
  await assertEmpty(driver, group, call);
  const stored = new Map((await driver.groupOffsets(group, undefined, call)).map((offset) => [keyOf(offset), offset]));
  const asked = topics === undefined && partitions === undefined ? [...stored.values()] : await existing(driver, topics, partitions, call);
  if (asked.length === 0) return [];
  const places = asked.map(({ topic, partition }) => ({ topic, partition }));
  const [starts, ends] = await Promise.all([driver.offsets(places, "earliest", call), driver.offsets(places, "latest", call)]);
  const wanted = await wantedOffsets(driver, places, to, { starts: offsetsOf(starts), ends: offsetsOf(ends) }, call);
  const plan = places.map((place, index): OffsetChange => {
    const [first = 0, end = 0, target = 0] = [starts[index]?.offset, ends[index]?.offset, wanted[index]];
    const reached = Math.min(Math.max(target, first), end);
    return { ...place, from: stored.get(keyOf(place))?.offset ?? -1, to: reached, clamped: reached !== target };
  });
  if (!dryRun) {
    const offsets = plan.map(({ topic, partition, to: offset }) => ({ topic, partition, offset, metadata: null }));
    await driver.setGroupOffsets(group, offsets, call);
  }
  return plan;
}

function assertSound(to: OffsetReset["to"]): void {
  if (to === "beginning" || to === "end") return;
  const { offset, time } = (typeof to === "object" ? (to ?? {}) : {}) as { readonly offset?: unknown; readonly time?: unknown };
  if (Number.isSafeInteger(offset) && (offset as number) >= 0) return;
  if (offset === undefined && (typeof time === "number" || time instanceof Date) && Number(time) >= 0) return;
  throw new InvalidOptionsError("resetOffsets", [
    'to must be "beginning", "end", { offset } of a whole number from 0, or { time } of milliseconds or a Date',
  ]);
}

async function assertEmpty(driver: DriverAdmin, group: string, call: AdminCallOptions): Promise<void> {
  const [described] = await driver.describeGroups([group], call);
  if (described === undefined || described.state === "empty" || described.state === "dead") return;
  const { members, state } = described;
  const names = [...new Set(members.map(({ clientId }) => clientId))].join(", ");
  throw new KafkaError({
    code: "GROUP_NOT_EMPTY",
    message: `The offsets of group "${group}" cannot be reset while it is ${state} with ${members.length} member(s) (${names}): stop them, or remove them.`,
    group,
  });
}

async function existing(
  driver: DriverAdmin,
  topics: readonly string[] = [],
  partitions: readonly TopicPartition[] = [],
  call: AdminCallOptions,
): Promise<readonly TopicPartition[]> {
  const names = [...new Set([...topics, ...partitions.map(({ topic }) => topic)])];
  const counts = new Map((await driver.describeTopics(names, call)).map(({ name, partitionCount }) => [name, partitionCount]));
  const missing = names.find((name) => !counts.has(name));
  if (missing !== undefined) {
    throw new KafkaError({ code: "KAFKA_UNKNOWN_TOPIC", message: `There is no topic "${missing}" to reset offsets in.`, topic: missing });
  }
  for (const { topic, partition } of partitions) {
    if (partition >= 0 && partition < (counts.get(topic) ?? 0)) continue;
    const message = `Topic "${topic}" has no partition ${partition}: it has ${counts.get(topic)}.`;
    throw new KafkaError({ code: "KAFKA_INVALID_PARTITION", message, topic, partition });
  }
  const whole = topics.flatMap((topic) => Array.from({ length: counts.get(topic) ?? 0 }, (_, partition) => ({ topic, partition })));
  return [...new Map([...whole, ...partitions].map((place) => [keyOf(place), place])).values()];
}

async function wantedOffsets(
  driver: DriverAdmin,
  places: readonly TopicPartition[],
  to: OffsetReset["to"],
  { starts, ends }: { readonly starts: readonly number[]; readonly ends: readonly number[] },
  call: AdminCallOptions,
): Promise<readonly number[]> {
  if (to === "beginning") return starts;
  if (to === "end") return ends;
  if ("offset" in to) return places.map(() => to.offset);
  const found = await driver.offsets(places, Number(to.time), call);
  // Nothing is as late: whoever comes next.
  return found.map(({ offset }, index) => (offset < 0 ? (ends[index] ?? 0) : offset));
}

const offsetsOf = (positions: readonly { readonly offset: number }[]): readonly number[] => positions.map(({ offset }) => offset);

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
