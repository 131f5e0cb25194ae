import { type Clock, InvalidOptionsError, systemClock } from "@millrace/core";
import type { Admin, AdminCallOptions, Consumer, Kafka, TopicPartition } from "@millrace/kafka";
import { placeOf } from "../lag/log-ends.ts";
import { assessConsumer, type ConsumerView } from "./consumer-view.ts";
import { healthTimeProblems, healthTimes } from "./health-times.ts";
import type { Probe } from "./probe.ts";
import { createWatchedTime } from "./watched-time.ts";

/** How to look at a consumer. */
export interface ConsumerProbeOptions {
  readonly consumer: Consumer;
  /** Asks the group and the leaders. Stays its maker's. */
  readonly kafka: Kafka;
  /** @default "consumer" */
  readonly name?: string;
  /** A handler that takes longer hangs. @default 300_000 */
  readonly hungMs?: number;
  /** How long a partition may stand still although there are records to read and no handler is busy. @default 60_000 */
  readonly stalledMs?: number;
  /** How long a consumer may take itself for a member of a group that does not know it. @default 30_000 */
  readonly zombieMs?: number;
  /** How long a consumer may be outside its group although the group answers. @default 300_000 */
  readonly outsideMs?: number;
  /** As the consumer's: records behind an open transaction are not to be read yet. @default "read_committed" */
  readonly isolation?: "read_committed" | "read_uncommitted";
  /** What is held back on purpose. @default nothing */
  readonly pausedPartitions?: () => Iterable<TopicPartition>;
  readonly clock?: Clock;
}

/**
 * Finds a consumer that is `dead` (it failed or was closed), `fenced` (another has its group instance id), a `zombie` (its group does not know it),
 * `joining` (outside its group), `stalled` (a partition does not move, although there are records) or `hung` (a handler does not come back). It asks the
 * coordinator and the leaders every time; what they do not answer is held against nobody. Times count from when a state was first seen, and from one
 * look to the next at most half of the shortest limit: let it be asked every few seconds. Looks at `consumer.stopped`, so that a failure is no unhandled rejection any more.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`)
 */
export function consumerProbe(options: ConsumerProbeOptions): Probe {
  const { consumer, kafka, name = "consumer", isolation = "read_committed", pausedPartitions = () => [], clock = systemClock } = options;
  const { hungMs = healthTimes.hungMs, stalledMs = healthTimes.stalledMs } = options;
  const { zombieMs = healthTimes.zombieMs, outsideMs = healthTimes.outsideMs } = options;
  const limits = { hungMs, stalledMs, zombieMs, outsideMs };
  const problems = healthTimeProblems(limits);
  if (problems.length > 0) throw new InvalidOptionsError("consumerProbe", problems);
  const watchedTime = createWatchedTime(clock, Object.values(limits));
  let admin: Admin | undefined;
  let ended: ConsumerView["ended"];
  consumer.stopped.then(
    () => {
      ended = { error: undefined };
    },
    (error: unknown) => {
      ended = { error };
    },
  );
  let stood: { readonly standing: ConsumerView["standing"]; readonly since: number } | undefined;
  let inHand: { readonly done: number; readonly since: number } | undefined;
  let positions = new Map<string, { readonly position: number; readonly since: number }>();

  const standingOf = async (call: AdminCallOptions): Promise<ConsumerView["standing"]> => {
    const { group } = consumer;
    const before = consumer.groupMetadata();
    // Partitions without a membership were assigned by hand.
    if (group === null || (before === null && consumer.assignment().length > 0)) return "untold";
    const [description] = (await admin?.describeGroups([group], call).catch(() => [])) ?? [];
    const now = consumer.groupMetadata();
    if (description === undefined || now?.memberId !== before?.memberId) return "untold";
    if (now === null) return "outside";
    const { memberId, groupInstanceId } = now;
    if (description.members.some((member) => member.memberId === memberId)) return "member";
    const isReplaced = groupInstanceId !== null && description.members.some((member) => member.groupInstanceId === groupInstanceId);
    return isReplaced ? "replaced" : "unlisted";
  };

  /** Where each partition is that is held and not paused, and for how long it has been there. */
  const stillOf = async (call: AdminCallOptions, now: number): Promise<ConsumerView["still"]> => {
    const paused = new Set([...pausedPartitions()].map(placeOf));
    const held = consumer.assignment().filter((claim) => !paused.has(placeOf(claim)));
    const seen = new Map<string, { readonly position: number; readonly since: number }>();
    for (const claim of held) {
      const position = consumer.position(claim);
      const known = positions.get(placeOf(claim));
      if (position !== null) seen.set(placeOf(claim), known?.position === position ? known : { position, since: now });
    }
    const places = held.map(({ topic, partition }) => ({ topic, partition }));
    const ends = places.length === 0 ? [] : await admin?.offsets(places, "latest", { ...call, isolation }).catch(() => undefined);
    // Where nothing is left to read, or that cannot be told, nothing stands still.
    const behind = new Set(ends?.filter((end) => end.offset > (seen.get(placeOf(end))?.position ?? end.offset)).map(placeOf));
    positions = new Map([...seen].map(([place, at]) => [place, behind.has(place) ? at : { ...at, since: now }]));
    return places.flatMap((place) => {
      const at = positions.get(placeOf(place));
      return at === undefined || !behind.has(placeOf(place)) ? [] : [{ ...place, forMs: now - at.since }];
    });
  };

  const inHandFor = (now: number): number | undefined => {
    const { delivered, handled, failed } = consumer.statistics();
    const done = handled + failed;
    if (delivered <= done) inHand = undefined;
    else if (inHand?.done !== done) inHand = { done, since: now };
    return inHand === undefined ? undefined : now - inHand.since;
  };

  return {
    name,
    judgesLiveness: true,
    async check(signal) {
      const now = watchedTime();
      const inHandForMs = inHandFor(now);
      if (ended !== undefined) return assessConsumer({ ended, standing: "untold", standingForMs: 0, inHandForMs, still: [] }, limits);
      admin ??= kafka.admin();
      const [standing, still] = await Promise.all([standingOf({ signal }), stillOf({ signal }, now)]);
      if (stood?.standing !== standing) stood = { standing, since: now };
      return assessConsumer({ ended, standing, standingForMs: now - stood.since, inHandForMs, still }, limits);
    },
    async close() {
      await admin?.close();
    },
  };
}
