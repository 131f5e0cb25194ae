import { AbortedError, type Clock, ClosedError } from "@millrace/core";
import { type Admin, KafkaError, type TopicPartition } from "@millrace/kafka";
import { inParallel } from "./in-parallel.ts";

/** How far the log of a partition reaches. */
export interface LogEnds {
  /** First offset in the log. */
  readonly start: number;
  /** Next offset to be written. */
  readonly end: number;
  /** Where those stop who read committed records only: the begin of the oldest open transaction, or `end`. */
  readonly stableEnd: number;
}

/** How long something may take; what is not done by then is left out. */
export interface PartOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly clock: Clock;
}

/** The name under which partitions stand in maps. */
export function placeOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}

/** Whether a failure ends everything, and not only what it is about. */
export function endsAll(error: unknown, signal: AbortSignal | undefined): boolean {
  return ClosedError.is(error) || (AbortedError.is(error) && signal?.aborted === true);
}

/** Questions that are on their way at the same time. */
const atOnce = 100;

/**
 * Asks how far logs reach, by `placeOf`. What cannot be told is left out, and hides nothing else: partitions that do not exist, have no leader or one that does not
 * answer in time, topics that may not be described.
 * @throws KafkaError where no broker answers, AbortedError, ClosedError
 */
export async function readLogEnds(
  admin: Admin,
  partitions: readonly TopicPartition[],
  options: PartOptions,
): Promise<ReadonlyMap<string, LogEnds>> {
  const { timeoutMs, signal, clock } = options;
  const deadline = clock.monotonic() + timeoutMs;
  const isOver = (): boolean => clock.monotonic() >= deadline;
  const found = new Map<string, LogEnds>();
  const leaders = await leadersOf(admin, [...new Set(partitions.map(({ topic }) => topic))], { ...options, timeoutMs: half(timeoutMs) });
  const led = partitions.filter((place) => leaders.has(placeOf(place)));
  const byLeader = [...Map.groupBy(led, (place) => leaders.get(placeOf(place))).values()];
  let failure: unknown;

  // A call about several partitions fails as a whole: they are asked about leader by leader, and what fails is asked about in smaller parts, for less long.
  const ask = async (places: readonly TopicPartition[], limitMs: number): Promise<void> => {
    try {
      for (const [place, ends] of await endsOf(admin, places, { timeoutMs: limitMs, signal })) found.set(place, ends);
    } catch (error) {
      if (endsAll(error, signal)) throw error;
      failure ??= error;
      const topics = [...Map.groupBy(places, ({ topic }) => topic).values()];
      const parts = topics.length > 1 ? topics : places.length > 1 ? places.map((place) => [place]) : [];
      await inParallel(parts, atOnce, async (part) => await ask(part, half(limitMs)), isOver);
    }
  };
  await inParallel(byLeader, atOnce, async (places) => await ask(places, half(timeoutMs)), isOver);
  if (found.size === 0 && failure !== undefined && !isAnswer(failure)) throw failure;
  return found;
}

/** By `placeOf`, without partitions that have none. A topic that may not be described hides no other one. */
async function leadersOf(
  admin: Admin,
  topics: readonly string[],
  { timeoutMs, signal }: PartOptions,
): Promise<ReadonlyMap<string, number>> {
  const leaders = new Map<string, number>();
  const ask = async (names: readonly string[]): Promise<void> => {
    if (names.length === 0) return;
    try {
      for (const { name, partitions } of await admin.describeTopics(names, { timeoutMs: half(timeoutMs), signal }))
        for (const { partition, leader } of partitions) if (leader >= 0) leaders.set(placeOf({ topic: name, partition }), leader);
    } catch (error) {
      if (!isAnswer(error)) throw error;
      if (names.length > 1) await inParallel(names, atOnce, async (name) => await ask([name]));
    }
  };
  await ask(topics);
  return leaders;
}

async function endsOf(
  admin: Admin,
  places: readonly TopicPartition[],
  call: Pick<PartOptions, "timeoutMs" | "signal">,
): Promise<ReadonlyMap<string, LogEnds>> {
  const [starts, ends, stableEnds] = await Promise.all([
    admin.offsets(places, "earliest", call),
    admin.offsets(places, "latest", call),
    admin.offsets(places, "latest", { ...call, isolation: "read_committed" }),
  ]);
  const [startOf, stableEndOf] = [starts, stableEnds].map((offsets) => new Map(offsets.map((known) => [placeOf(known), known.offset])));
  return new Map(
    ends.map((known) => {
      const place = placeOf(known);
      return [place, { start: startOf?.get(place) ?? 0, end: known.offset, stableEnd: stableEndOf?.get(place) ?? known.offset }];
    }),
  );
}

function half(timeoutMs: number): number {
  return Math.max(1, Math.floor(timeoutMs / 2));
}

/** Whether a broker has answered, if only with an error. */
export function isAnswer(error: unknown): boolean {
  return KafkaError.is(error) && ["KAFKA_BROKER_ERROR", "KAFKA_UNKNOWN_TOPIC", "KAFKA_INVALID_PARTITION"].includes(error.code);
}
