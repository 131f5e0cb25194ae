import { type Clock, InvalidOptionsError, sleep, withDeadline } from "@millrace/core";
import type { Kafka, PartitionClaim } from "@millrace/kafka";
import type { ClaimWork } from "./claim-work.ts";
import type { Member } from "./member.ts";
import { Pauses } from "./pauses.ts";
import type { Processor } from "./processor.ts";
import { RuntimeError } from "./runtime-error.ts";

/** A source topic, or one of its partitions. */
export type TopicSelection = string | { readonly topic: string; readonly partition?: number };

/** Where to go on: an offset of the log, its beginning, its end, or the first record at or after a time in milliseconds since the epoch. */
export type RewindTarget = number | "beginning" | "end" | { readonly timestamp: number };

/** A partition, and where it was moved to. */
export interface RewoundPartition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** What can be asked of a runtime while it runs. Each command is about this process alone. */
export interface RuntimeCommands {
  /**
   * From now on nothing of these begins: what is buffered waits, as do retries; running handlers finish. What comes back through the retry topic waits with its
   * source. Survives rebalances, and may be called before `start`. @default everything
   * @throws RuntimeError (`RUNTIME_MISUSED`) for a topic that is not processed
   */
  pause(selection?: TopicSelection | readonly TopicSelection[]): void;
  /** Ends `pause` and `drain` for these. @default everything. @throws as `pause` */
  resume(selection?: TopicSelection | readonly TopicSelection[]): void;
  /**
   * Goes on elsewhere with the partitions of a topic that this member holds: drains them as a rebalance would, moves them and commits where they are now. Moved
   * back, records are handled again; moved ahead, those between are not handled. What waits in the retry topic is not moved: with `retryLater` it still comes in
   * its turn, and those of its records that the source brings again are dropped. Answers where each partition is now; one that went meanwhile is not among them.
   * Do not await it in a handler.
   * @throws RuntimeError (`RUNTIME_MISUSED`; `RUNTIME_NOT_HELD` when the partition is another member's), InvalidOptionsError (`INVALID_OPTIONS`) for an offset
   *   outside the log, KafkaError. A commit that fails is tried again by itself
   */
  rewind(selection: TopicSelection, to: RewindTarget): Promise<readonly RewoundPartition[]>;
  /** Changes how many handlers of a topic run at once. With fewer, those that run finish first. @throws RuntimeError (`RUNTIME_MISUSED`), InvalidOptionsError */
  scale(topic: string, concurrency: number): void;
  /**
   * Takes nothing more in, and resolves when everything that was taken in is settled and committed, but for what waits in retry topics for its time. The runtime
   * stays a member of its group, is not ready, and goes on with `resume()`. What is paused never settles. Do not await it in a handler.
   * @throws RuntimeError (`RUNTIME_MISUSED`) while it does not run. TimedOutError (`TIMED_OUT`) after `timeoutMs`, 300,000 by default; AbortedError (`ABORTED`);
   *   KafkaError of the commit: it stays drained then.
   */
  drain(options?: { readonly timeoutMs?: number; readonly signal?: AbortSignal }): Promise<void>;
}

/** What commands work with. */
export interface CommandParts {
  readonly kafka: Kafka;
  /** The source topics. */
  topics(): readonly string[];
  /** By topic, source and retry topics; empty before the start. */
  processors(): ReadonlyMap<string, Processor>;
  /** Changes the concurrency that a processor is going to have. */
  rescale(topic: string, concurrency: number): void;
  member(): Member | undefined;
  readonly clock: Clock;
  /** The runtime stops. */
  readonly signal: AbortSignal;
  /** The runtime must stop. */
  halt(error: unknown): void;
}

/** The commands, and what they have said. */
export interface CommandState extends RuntimeCommands {
  /** Whether nothing more may be taken in of a partition. */
  isClosed(claim: PartitionClaim): boolean;
  /** Whether a partition of the topic is paused. */
  isPaused(topic: string): boolean;
  /** Whether anything is drained. */
  readonly isDrained: boolean;
  /** Tells processors what is paused; to be called when they have been made. */
  apply(): void;
}

/** How often it is looked whether transactions are committed, in milliseconds. */
const lookMs = 20;

/** Makes the commands of a runtime. */
export function createCommands(parts: CommandParts): CommandState {
  const { kafka, clock, signal } = parts;
  const paused = new Pauses();
  const drained = new Pauses();
  const sourceOf = (topic: string): string => parts.processors().get(topic)?.topic ?? topic;

  const select = (selection: TopicSelection | readonly TopicSelection[] = parts.topics()) => {
    const list = isList(selection) ? selection : [selection];
    return list.map((one) => {
      const { topic, partition } = typeof one === "string" ? { topic: one, partition: undefined } : one;
      if (!parts.topics().includes(topic)) throw misused(`topic "${topic}" has no processor`);
      return { topic, partition };
    });
  };

  const apply = (): void => {
    for (const processor of new Set(parts.processors().values())) {
      const { topic } = processor;
      processor.hold(paused.touches(topic) ? (partition) => paused.isPaused(topic, partition) : undefined);
    }
    parts.member()?.assignments.refresh();
  };

  const held = (): Member => {
    const member = parts.member();
    if (member === undefined || signal.aborted) throw misused("the runtime does not run");
    return member;
  };

  const targetsOf = async (claims: readonly PartitionClaim[], to: RewindTarget): Promise<ReadonlyMap<PartitionClaim, number>> => {
    const admin = kafka.admin();
    try {
      const places = claims.map(({ topic, partition }) => ({ topic, partition }));
      const [starts, ends, found] = await Promise.all([
        admin.offsets(places, "earliest"),
        admin.offsets(places, "latest"),
        typeof to === "object" ? admin.offsets(places, to.timestamp) : undefined,
      ]);
      const problems: string[] = [];
      const targets = claims.map((claim): [PartitionClaim, number] => {
        const of = (offsets: typeof starts = []): number => offsets.find(({ partition }) => partition === claim.partition)?.offset ?? -1;
        const [start, end] = [of(starts), of(ends)];
        if (to === "beginning") return [claim, start];
        if (to === "end") return [claim, end];
        // No record is so young.
        if (typeof to === "object") return [claim, of(found) < 0 ? end : of(found)];
        if (!Number.isSafeInteger(to) || to < start || to > end)
          problems.push(`${claim.topic}/${claim.partition} has the offsets ${start} to ${end}, and ${to} is not among them`);
        return [claim, to];
      });
      if (problems.length > 0) throw new InvalidOptionsError("rewind", problems);
      return new Map(targets);
    } finally {
      await admin.close();
    }
  };

  return {
    isClosed: ({ topic, partition }) => paused.isPaused(sourceOf(topic), partition) || drained.isPaused(sourceOf(topic), partition),
    isPaused: (topic) => paused.touches(topic),
    get isDrained() {
      return parts.topics().some((topic) => drained.touches(topic));
    },
    apply,
    pause(selection) {
      for (const { topic, partition } of select(selection)) paused.pause(topic, partition);
      apply();
    },
    resume(selection) {
      for (const { topic, partition } of select(selection)) {
        paused.resume(topic, partition);
        drained.resume(topic, partition);
      }
      apply();
    },
    async rewind(selection, to) {
      const [{ topic, partition }] = select(selection) as [{ readonly topic: string; readonly partition: number | undefined }];
      if (typeof to === "object" && !Number.isFinite(to.timestamp))
        throw new InvalidOptionsError("rewind", [`timestamp must be a number of milliseconds, not ${to.timestamp}`]);
      const { assignments } = held();
      const claims = [...assignments.works.keys()].filter((claim) => {
        return claim.topic === topic && (partition === undefined || claim.partition === partition);
      });
      if (claims.length === 0 && partition !== undefined)
        throw new RuntimeError({
          code: "RUNTIME_NOT_HELD",
          message: `this member does not hold ${topic}/${partition} now; ask the one that does, or try again after the rebalance`,
        });
      const starts = await targetsOf(claims, to);
      try {
        await assignments.reset(claims, { starts });
      } catch (error) {
        if (!signal.aborted) parts.halt(error);
        throw error;
      }
      return [...starts].flatMap(([claim, offset]) => {
        return assignments.works.has(claim) ? { topic, partition: claim.partition, offset } : [];
      });
    },
    scale(topic, concurrency) {
      select(topic);
      if (!Number.isSafeInteger(concurrency) || concurrency < 1)
        throw new InvalidOptionsError("scale", [`concurrency must be a whole number of at least 1, not ${concurrency}`]);
      parts.rescale(topic, concurrency);
      parts.processors().get(topic)?.scale(concurrency);
    },
    async drain({ timeoutMs = 300_000, signal: given } = {}) {
      const { assignments, committer } = held();
      for (const topic of parts.topics()) drained.pause(topic);
      apply();
      const ended = given === undefined ? signal : AbortSignal.any([given, signal]);
      const finish = async (late: AbortSignal): Promise<void> => {
        await assignments.whenSettled(late);
        await committer.commit(assignments.works.values());
        // Exactly-once steps commit by themselves.
        const isOpen = ({ claim: { topic }, unit, uncommitted }: ClaimWork): boolean =>
          unit !== undefined && uncommitted !== undefined && topic === sourceOf(topic);
        while ([...assignments.works.values()].some(isOpen)) await sleep(lookMs, { clock, signal: late });
      };
      await withDeadline(timeoutMs, finish, { clock, signal: ended, what: "draining the runtime" });
    },
  };
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}

function misused(message: string): RuntimeError {
  return new RuntimeError({ code: "RUNTIME_MISUSED", message });
}
