import {
  type Admin,
  type AdminCallOptions,
  type GroupDescription,
  type GroupState,
  KafkaError,
  type TopicPartition,
} from "@millrace/kafka";
import { type LogEnds, placeOf, readLogEnds } from "./log-ends.ts";

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
const groupsAtOnce = 16;
const inRebalance: ReadonlySet<GroupState> = new Set(["preparing_rebalance", "completing_rebalance", "assigning", "reconciling"]);

/**
 * Asks for groups' members and offsets, and then for the ends of the logs, so that an end is not older than what was committed. A function picks among the
 * groups there are; groups that are named are told of even if there is none of that name.
 * @throws KafkaError, AbortedError, ClosedError; what concerns one group alone is its `problem`
 */
export async function readGroups(
  admin: Admin,
  groups: readonly string[] | ((group: string) => boolean),
  call: AdminCallOptions,
): Promise<readonly GroupReading[]> {
  const names =
    typeof groups === "function"
      ? (await admin.listGroups(call)).map(({ group }) => group).filter((group) => groups(group))
      : [...new Set(groups)].toSorted();
  const readings: GroupReading[] = [];
  for (let start = 0; start < names.length; start += groupsAtOnce) {
    readings.push(...(await Promise.all(names.slice(start, start + groupsAtOnce).map((group) => readGroup(admin, group, call)))));
  }
  const places = new Map(readings.flatMap(({ partitions }) => partitions.map((reading) => [placeOf(reading), reading])));
  const ends = await readLogEnds(admin, [...places.values()], call);
  return readings.map((reading) => ({
    ...reading,
    partitions: reading.partitions.map((partition) => ({ ...partition, log: ends.get(placeOf(partition)) ?? null })),
  }));
}

async function readGroup(admin: Admin, group: string, call: AdminCallOptions): Promise<GroupReading> {
  try {
    const [description] = await admin.describeGroups([group], call);
    const partitions = await offsetsOf(admin, group, description, call);
    return { group, state: description?.state ?? "unknown", problem: undefined, partitions };
  } catch (error) {
    if (!KafkaError.is(error) || error.code !== "KAFKA_BROKER_ERROR") throw error;
    return { group, state: "unknown", problem: error, partitions: [] };
  }
}

async function offsetsOf(
  admin: Admin,
  group: string,
  description: GroupDescription | undefined,
  call: AdminCallOptions,
): Promise<readonly PartitionReading[]> {
  const readings = new Map<string, PartitionReading>();
  for (const { memberId, clientId, clientHost, assignment } of description?.members ?? []) {
    const holder = { memberId, clientId, clientHost };
    for (const { topic, partition } of assignment) {
      readings.set(placeOf({ topic, partition }), { topic, partition, committed: null, log: null, holder, isHeld: true });
    }
  }
  const isRebalancing = description !== undefined && inRebalance.has(description.state);
  for (const { topic, partition, offset } of await admin.groupOffsets(group, undefined, call)) {
    const place = placeOf({ topic, partition });
    readings.set(place, { topic, partition, log: null, holder: null, isHeld: isRebalancing, ...readings.get(place), committed: offset });
  }
  return [...readings.values()].toSorted((one, other) =>
    one.topic === other.topic ? one.partition - other.partition : one.topic < other.topic ? -1 : 1,
  );
}
