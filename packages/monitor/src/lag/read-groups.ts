import { TimedOutError } from "@millrace/core";
import type { Admin, AdminCallOptions, CommittedOffset, GroupDescription, GroupState, TopicPartition } from "@millrace/kafka";
import { inParallel } from "./in-parallel.ts";
import { endsAll, isAnswer, type LogEnds, type PartOptions, placeOf, readLogEnds } from "./log-ends.ts";

/** The member that holds a partition. */
export interface PartitionHolder {
  readonly memberId: string;
  readonly clientId: string;
  readonly clientHost: string;
}

/** What the cluster says of a group on a partition. */
export interface PartitionReading extends TopicPartition {
  /** null: nothing. */
  readonly committed: number | null;
  /** null where it cannot be told. */
  readonly log: LogEnds | null;
  readonly holder: PartitionHolder | null;
  /** Whether a member holds it, or a rebalance is under way. */
  readonly isHeld: boolean;
}

/** What the cluster says of a group. */
export interface GroupReading {
  readonly group: string;
  readonly state: GroupState;
  /** Why it could not be read; undefined: it could. */
  readonly problem: Error | undefined;
  /** Where it has committed, or a member holds a partition; by topic and partition. */
  readonly partitions: readonly PartitionReading[];
}

/** Groups that are asked for at the same time. */
const groupsAtOnce = 100;
const inRebalance: ReadonlySet<GroupState> = new Set(["preparing_rebalance", "completing_rebalance", "assigning", "reconciling"]);

/**
 * Asks for groups' members and offsets. A function picks among the groups there are; groups that are named are told of even if there is none of that name. What
 * concerns one group is its `problem`, and so is that there was no time for it; those in `lastOnes` come last. The logs are not asked for.
 * @throws KafkaError where there is no list of groups, or no broker answers; AbortedError, ClosedError
 */
export async function readGroups(
  admin: Admin,
  groups: readonly string[] | ((group: string) => boolean),
  options: PartOptions & { readonly lastOnes: ReadonlySet<string> },
): Promise<readonly GroupReading[]> {
  const { timeoutMs, signal, clock, lastOnes } = options;
  const deadline = clock.monotonic() + timeoutMs;
  const limitMs = Math.max(1, Math.floor(timeoutMs / 2));
  const names =
    typeof groups === "function"
      ? (await admin.listGroups({ timeoutMs, signal })).map(({ group }) => group).filter((group) => groups(group))
      : [...new Set(groups)].toSorted();
  const readings = new Map(
    names.map((group): [string, GroupReading] => [group, unread(group, new TimedOutError(`reading group "${group}"`, timeoutMs))]),
  );
  const read = async (group: string): Promise<void> => {
    readings.set(group, await readGroup(admin, group, { timeoutMs: limitMs, signal }));
  };
  const ordered = names.toSorted((one, other) => Number(lastOnes.has(one)) - Number(lastOnes.has(other)));
  await inParallel(ordered, groupsAtOnce, read, () => clock.monotonic() >= deadline);
  const all = [...readings.values()];
  const [first] = all;
  // Where no group could be asked, it is nothing about groups.
  if (first?.problem !== undefined && all.every(({ problem }) => problem !== undefined && !isAnswer(problem))) throw first.problem;
  return all;
}

/** The same with the ends of the logs, which are asked for now: an end is not older than what was committed. @throws as `readLogEnds` */
export async function withLogEnds(admin: Admin, readings: readonly GroupReading[], options: PartOptions): Promise<readonly GroupReading[]> {
  const places = new Map(readings.flatMap(({ partitions }) => partitions.map((reading) => [placeOf(reading), reading])));
  const ends = await readLogEnds(admin, [...places.values()], options);
  return readings.map((reading) => ({
    ...reading,
    partitions: reading.partitions.map((partition) => ({ ...partition, log: ends.get(placeOf(partition)) ?? null })),
  }));
}

function unread(group: string, problem: Error): GroupReading {
  return { group, state: "unknown", problem, partitions: [] };
}

async function readGroup(admin: Admin, group: string, call: AdminCallOptions): Promise<GroupReading> {
  try {
    const [[description], offsets] = await Promise.all([
      admin.describeGroups([group], call),
      // What a transaction is about to store is not stored yet; Kafka's own tools do not wait for it either.
      admin.groupOffsets(group, undefined, { ...call, requireStable: false }),
    ]);
    return { group, state: description?.state ?? "unknown", problem: undefined, partitions: partitionsOf(description, offsets) };
  } catch (error) {
    if (endsAll(error, call.signal)) throw error;
    return unread(group, error instanceof Error ? error : new Error(String(error)));
  }
}

function partitionsOf(description: GroupDescription | undefined, offsets: readonly CommittedOffset[]): readonly PartitionReading[] {
  const readings = new Map<string, PartitionReading>();
  for (const { memberId, clientId, clientHost, assignment } of description?.members ?? []) {
    const holder = { memberId, clientId, clientHost };
    for (const { topic, partition } of assignment) {
      readings.set(placeOf({ topic, partition }), { topic, partition, committed: null, log: null, holder, isHeld: true });
    }
  }
  const isRebalancing = description !== undefined && inRebalance.has(description.state);
  for (const { topic, partition, offset } of offsets) {
    const place = placeOf({ topic, partition });
    readings.set(place, { topic, partition, log: null, holder: null, isHeld: isRebalancing, ...readings.get(place), committed: offset });
  }
  return [...readings.values()].toSorted((one, other) =>
    one.topic === other.topic ? one.partition - other.partition : one.topic < other.topic ? -1 : 1,
  );
}
