import { type Admin, type AdminCallOptions, KafkaError, type TopicPartition } from "@millrace/kafka";

/** How far the log of a partition reaches. */
export interface LogEnds {
  /** First offset in the log. */
  readonly start: number;
  /** Next offset to be written. */
  readonly end: number;
  /** Where those stop who read committed records only: the begin of the oldest open transaction, or `end`. */
  readonly stableEnd: number;
}

/** The name under which partitions stand in maps. */
export function placeOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}

/**
 * Asks how far logs reach, by `placeOf`. What cannot be told is left out: partitions that do not exist or have no leader, topics that may not be described.
 * @throws KafkaError where no broker answers, AbortedError, ClosedError
 */
export async function readLogEnds(
  admin: Admin,
  partitions: readonly TopicPartition[],
  call: AdminCallOptions,
): Promise<ReadonlyMap<string, LogEnds>> {
  const byTopic = Map.groupBy(partitions, ({ topic }) => topic);
  try {
    return await endsOf(admin, byTopic, call);
  } catch (error) {
    if (!isOfOneTopic(error) || byTopic.size === 0) throw error;
  }
  // One topic that may not be seen must not hide the others.
  const ends = new Map<string, LogEnds>();
  for (const [topic, places] of byTopic) {
    try {
      for (const [place, found] of await endsOf(admin, new Map([[topic, places]]), call)) ends.set(place, found);
    } catch (error) {
      if (!isOfOneTopic(error)) throw error;
    }
  }
  return ends;
}

async function endsOf(
  admin: Admin,
  byTopic: ReadonlyMap<string, readonly TopicPartition[]>,
  call: AdminCallOptions,
): Promise<ReadonlyMap<string, LogEnds>> {
  if (byTopic.size === 0) return new Map();
  const described = await admin.describeTopics([...byTopic.keys()], call);
  const led = new Set(
    described.flatMap(({ name, partitions }) =>
      partitions.filter(({ leader }) => leader >= 0).map(({ partition }) => placeOf({ topic: name, partition })),
    ),
  );
  const wanted = [...byTopic.values()].flat().filter((place) => led.has(placeOf(place)));
  const [starts, ends, stableEnds] = await Promise.all([
    admin.offsets(wanted, "earliest", call),
    admin.offsets(wanted, "latest", call),
    admin.offsets(wanted, "latest", { ...call, isolation: "read_committed" }),
  ]);
  const [startOf, stableEndOf] = [starts, stableEnds].map((offsets) => new Map(offsets.map((found) => [placeOf(found), found.offset])));
  return new Map(
    ends.map((found) => {
      const place = placeOf(found);
      return [place, { start: startOf?.get(place) ?? 0, end: found.offset, stableEnd: stableEndOf?.get(place) ?? found.offset }];
    }),
  );
}

function isOfOneTopic(error: unknown): boolean {
  return KafkaError.is(error) && ["KAFKA_BROKER_ERROR", "KAFKA_UNKNOWN_TOPIC", "KAFKA_INVALID_PARTITION"].includes(error.code);
}
