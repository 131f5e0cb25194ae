import { type Clock, exponential, type Random, retry } from "@millrace/core";
import { type Consumer, KafkaError, type PartitionClaim } from "@millrace/kafka";
import { ClaimWork, type WorkStart } from "./claim-work.ts";
import type { ExactlyOnce } from "./exactly-once/exactly-once.ts";
import type { Processor } from "./processor.ts";

/** How partitions that are held begin anew. */
export interface ResetOptions {
  /** Where these begin; the others, and all when it is left out, at what the group has committed. */
  readonly starts?: ReadonlyMap<PartitionClaim, number>;
  /** Tells running handlers to give up, instead of only waiting for them. @default false */
  readonly giveUp?: boolean;
  /** Commits what is settled before, and where they begin afterwards. @default true */
  readonly commit?: boolean;
}

/** What beginning anew works with. */
export interface ResetParts {
  /** The work on each partition that is held. */
  readonly works: Map<PartitionClaim, ClaimWork>;
  /** By topic, source and retry topics. */
  readonly processors: ReadonlyMap<string, Processor>;
  readonly consumer: Pick<Consumer, "committed" | "seek">;
  readonly transactions: ExactlyOnce | undefined;
  readonly clock: Clock;
  readonly random: Random;
  /** The runtime stops. */
  readonly signal: AbortSignal;
  /** A partition that went while it was reset is somebody else's. */
  isHeld(work: ClaimWork): boolean;
  /** Nothing is delivered of these until they are let go. */
  hold(claims: readonly PartitionClaim[]): void;
  letGo(claims: readonly PartitionClaim[]): void;
  /** Nothing new starts; resolves when what runs has ended, one way or the other. */
  end(works: readonly ClaimWork[]): Promise<void>;
  begin(works: readonly ClaimWork[]): Promise<void>;
  forget(work: ClaimWork): void;
  /** Commits what is settled, and where work has begun; a failure is told by a log, and tried again. */
  commit(works: readonly ClaimWork[]): Promise<void>;
}

const patience = exponential({ attempts: Number.POSITIVE_INFINITY, maxMs: 5_000 });

/** Makes what lets partitions that are held begin anew. */
export function createReset(parts: ResetParts): (claims: readonly PartitionClaim[], options?: ResetOptions) => Promise<void> {
  const { works, processors, consumer, transactions, clock, random, signal } = parts;
  const resets = new Map<PartitionClaim, Promise<void>>();
  const isHeld = (work: ClaimWork): boolean => parts.isHeld(work);

  /** Where the partitions of these works begin anew. */
  const findStarts = async (going: readonly ClaimWork[], starts: ReadonlyMap<PartitionClaim, number>): Promise<readonly WorkStart[]> => {
    const unknown = going.filter(({ claim }) => !starts.has(claim)).map(({ claim: { topic, partition } }) => ({ topic, partition }));
    const stored =
      unknown.length === 0
        ? []
        : await retry(() => consumer.committed(unknown), patience, {
            clock,
            random,
            signal: AbortSignal.any([signal, ...going.map(({ claim }) => claim.signal)]),
            shouldRetry: (error) => KafkaError.is(error) && error.retryable,
          });
    return going.map(({ claim }) => {
      const offset = starts.get(claim);
      if (offset !== undefined) return { startOffset: offset, committed: null };
      const found = stored.find(({ topic, partition }) => topic === claim.topic && partition === claim.partition);
      return found === undefined || found.offset < 0
        ? { startOffset: claim.startOffset, committed: null }
        : { startOffset: found.offset, committed: { offset: found.offset, metadata: found.metadata } };
    });
  };

  const resetUnit = async (claims: readonly PartitionClaim[], options: ResetOptions): Promise<void> => {
    const { starts = new Map<PartitionClaim, number>(), giveUp = false, commit = true } = options;
    const going = claims.flatMap((claim) => works.get(claim) ?? []);
    if (going.length === 0 || !going.every(isHeld)) return;
    // What the consumer fetched before it was moved must not be taken for what comes after.
    parts.hold(claims);
    if (giveUp) for (const work of going) work.giveUp("the partition begins anew");
    await parts.end(going);
    if (commit && going.every(isHeld)) await parts.commit(going);
    const coming: ClaimWork[] = [];
    try {
      await transactions?.clean(going);
      const found = await findStarts(going, starts);
      for (const [index, { claim }] of going.entries()) {
        const start = found[index] as WorkStart;
        if (!going.every(isHeld)) return;
        await consumer.seek(claim, start.startOffset);
        coming.push(new ClaimWork(claim, start));
      }
    } catch (error) {
      if (!going.every(isHeld)) return;
      throw error;
    }
    if (!going.every(isHeld)) return;
    for (const work of going) {
      work.giveUp("the partition begins anew");
      parts.forget(work);
    }
    for (const work of coming) works.set(work.claim, work);
    await parts.begin(coming);
    if (!coming.every(isHeld)) return;
    parts.letGo(claims);
    if (commit) await parts.commit(coming);
  };

  /** What begins anew together. */
  const unitOf = (claim: PartitionClaim): readonly PartitionClaim[] => {
    const unit = works.get(claim)?.unit;
    if (unit !== undefined) return unit.works.map((work) => work.claim);
    const durable = processors.get(claim.topic)?.durable;
    if (durable === undefined) return [claim];
    const topics = [durable.topic, durable.retryTopic];
    return [...works.keys()].filter(({ topic, partition }) => partition === claim.partition && topics.includes(topic));
  };

  return async (claims, options = {}) => {
    const units = new Map(claims.map((claim) => [unitOf(claim)[0] ?? claim, unitOf(claim)]));
    await Promise.all(
      [...units].map(async ([first, unit]) => {
        // One after another: each begins with what the one before has left.
        const done = Promise.allSettled([resets.get(first)]).then(() => resetUnit(unit, options));
        resets.set(first, done);
        try {
          await done;
        } finally {
          if (resets.get(first) === done) resets.delete(first);
        }
      }),
    );
  };
}
