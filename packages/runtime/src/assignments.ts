import { abortable, type Clock, type Logger, type Random, withDeadline } from "@millrace/core";
import type { ConsumedBatch, Consumer, ConsumerHandlers, Kafka, PartitionClaim } from "@millrace/kafka";
import type { Admission } from "./admission.ts";
import { ClaimWork } from "./claim-work.ts";
import type { Committer } from "./committer.ts";
import { openUnits } from "./durable/open-units.ts";
import type { ExactlyOnce } from "./exactly-once/exactly-once.ts";
import type { Intake } from "./intake.ts";
import type { Processor } from "./processor.ts";
import { createReset, type ResetOptions } from "./reset.ts";

/** What assignments work with: one consumer's life. */
export interface AssignmentsParts {
  readonly kafka: Kafka;
  readonly group: string;
  readonly consumer: Pick<Consumer, "committed" | "pause" | "resume" | "seek">;
  readonly committer: Committer;
  /** By topic, source and retry topics. */
  readonly processors: ReadonlyMap<string, Processor>;
  /** By topic; those that are not here take in what comes. */
  readonly admissions: ReadonlyMap<string, Admission>;
  /** Where processors work in exactly-once steps. */
  readonly transactions: ExactlyOnce | undefined;
  readonly intakes: readonly Intake[];
  /** Whether nothing more may be taken in of a partition for now. */
  isClosed(claim: PartitionClaim): boolean;
  readonly maxBufferedRecords: number;
  /** How long running handlers may take to finish, in milliseconds. */
  drainMs(): number;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** The runtime stops. */
  readonly signal: AbortSignal;
}

/** The partitions that are held, from assignment to revocation. */
export interface Assignments extends Required<Pick<ConsumerHandlers, "onAssigned" | "onBatch" | "onRevoked">> {
  /** The work on each. */
  readonly works: ReadonlyMap<PartitionClaim, ClaimWork>;
  /** Whether some partition waits for records. */
  readonly isFetching: boolean;
  /**
   * Ends the work on these partitions as if they went, and begins it anew as if they had just been assigned: nothing new starts, running handlers finish within
   * `drainMs`, what was buffered is dropped. With durable retries the source and retry partition of one number go together. A partition that is revoked meanwhile
   * is left alone.
   * @throws whatever reading what is committed or looking through retry partitions fails with for good: then the work has ended and not begun, and the runtime
   *   must stop. AbortedError (`ABORTED`) when it stops anyway
   */
  reset(claims: readonly PartitionClaim[], options?: ResetOptions): Promise<void>;
  /** Which partitions are closed may have changed. */
  refresh(): void;
  /** Something of a partition was settled. */
  settled(work: ClaimWork): void;
  /**
   * Resolves when everything that was taken in is settled, but for what waits in retry partitions for its own time.
   * @throws AbortedError (`ABORTED`)
   */
  whenSettled(signal: AbortSignal): Promise<void>;
}

/** Makes the keeper of what a consumer holds. */
export function createAssignments(parts: AssignmentsParts): Assignments {
  const { kafka, group, consumer, committer, processors, intakes, clock, random, logger, signal, transactions } = parts;
  const works = new Map<PartitionClaim, ClaimWork>();
  const leaving = new WeakSet<PartitionClaim>();
  /** Partitions that are beginning anew. */
  const resetting = new Set<PartitionClaim>();
  /** Those of which a batch is being taken in. */
  const taking = new Set<PartitionClaim>();
  let refreshed = Promise.withResolvers<void>();
  let whenAllSettled: (() => void)[] = [];

  const applyPauses = (claims: Iterable<PartitionClaim>): void => {
    for (const claim of claims) {
      if (resetting.has(claim) || parts.isClosed(claim)) consumer.pause([claim]);
      else consumer.resume([claim]);
    }
  };

  const refresh = (): void => {
    applyPauses(works.keys());
    refreshed.resolve();
    refreshed = Promise.withResolvers();
  };

  /** Resolves when more may be taken in of a partition, or it goes; undefined when it may now. */
  const opened = (work: ClaimWork): Promise<void> | undefined => {
    if (work.isDraining || !parts.isClosed(work.claim)) return undefined;
    return abortable(refreshed.promise, { signal: work.draining }).then(
      () => opened(work),
      () => undefined,
    );
  };

  const areSettled = (): boolean =>
    [...works.values()].every(({ claim: { topic }, watermark: { pending } }) => {
      return pending === 0 || processors.get(topic)?.durable?.retryTopic === topic;
    });

  const noteSettled = (): void => {
    if (whenAllSettled.length === 0 || !areSettled()) return;
    const waiting = whenAllSettled;
    whenAllSettled = [];
    for (const resolve of waiting) resolve();
  };

  const settled = (work: ClaimWork): void => {
    committer.touch(work);
    noteSettled();
  };

  const whenSettled = async (ended: AbortSignal): Promise<void> => {
    const all = new Promise<void>((resolve) => whenAllSettled.push(resolve));
    noteSettled();
    await abortable(all, { signal: ended, what: "waiting for what was taken in" });
  };

  const begin = async (coming: readonly ClaimWork[]): Promise<void> => {
    const durable = [...new Set(processors.values())].flatMap((processor) => processor.durable ?? []);
    await Promise.all(durable.map((one) => openUnits(one, { kafka, works: coming, clock, random, signal })));
    transactions?.attach(coming);
  };

  const onAssigned = async (claims: readonly PartitionClaim[]): Promise<void> => {
    const coming = claims.map((claim) => new ClaimWork(claim));
    for (const work of coming) works.set(work.claim, work);
    applyPauses(claims);
    await begin(coming);
    // A group that starts at the end must find the same place after a crash, though nothing came meanwhile.
    for (const work of coming) committer.touch(work);
  };

  const admit = async (work: ClaimWork, admission: Admission, records: ConsumedBatch["records"], from: number, since: number) => {
    await opened(work);
    const count = await admission.admit(records, from, since, work.draining);
    await opened(work);
    return count;
  };

  const onBatch = async (batch: ConsumedBatch): Promise<void> => {
    taking.add(batch.claim);
    try {
      await take(batch);
    } finally {
      taking.delete(batch.claim);
    }
  };

  const take = async ({ claim, topic, records, nextOffset }: ConsumedBatch): Promise<void> => {
    const work = works.get(claim);
    const processor = processors.get(topic);
    const admission = records.length === 0 ? undefined : parts.admissions.get(topic);
    if (work === undefined || processor === undefined) return;
    const since = clock.now();
    for (let taken = 0; !work.isDraining; ) {
      const count = admission === undefined ? records.length : await admit(work, admission, records, taken, since);
      if (work.isDraining) return;
      const accepted = count === records.length ? records : records.slice(taken, taken + count);
      taken += accepted.length;
      processor.accept(accepted, work);
      work.watermark.cover(records[taken]?.offset ?? nextOffset);
      if (work.uncommitted !== undefined) settled(work);
      await processor.room(work);
      await work.room(parts.maxBufferedRecords);
      if (taken === records.length) return;
    }
  };

  /** Nothing new starts; resolves when what runs has ended, one way or the other. */
  const end = async (going: readonly ClaimWork[]): Promise<void> => {
    const drain = async (work: ClaimWork): Promise<void> => {
      // What was begun in a transaction is brought to its end with it.
      if (work.unit !== undefined) await work.unit.finish();
      work.drain();
      // Batches that wait for room must not hold the hand-over up.
      for (const intake of intakes) intake.release();
      await work.whenIdle();
    };
    const idle = Promise.all(going.map(drain));
    try {
      await withDeadline(parts.drainMs(), () => idle, { clock, what: "draining partitions" });
    } catch (error) {
      logger.warn("handlers still running at the end of the drain; their records will be handled again", { group, error });
      for (const work of going) work.giveUp("the time to drain is up");
      for (const intake of intakes) intake.release();
    }
  };

  const commitOrWarn = async (going: readonly ClaimWork[]): Promise<void> => {
    try {
      await committer.commit(going);
    } catch (error) {
      logger.warn("commit of partitions that go, or begin anew, failed; their records may be handled again", { group, error });
    }
  };

  const onRevoked = async (claims: readonly PartitionClaim[], reason: "rebalance" | "close" | "lost"): Promise<void> => {
    const going = claims.flatMap((claim) => works.get(claim) ?? []);
    for (const claim of claims) {
      leaving.add(claim);
      resetting.delete(claim);
    }
    if (reason === "lost") {
      for (const work of going) work.giveUp("the partition was lost to another member");
      for (const intake of intakes) intake.release();
    } else {
      await end(going);
      await commitOrWarn(going);
    }
    for (const work of going) {
      work.giveUp("the partition was revoked");
      committer.forget(work);
      works.delete(work.claim);
    }
    noteSettled();
    const released = transactions?.release(going);
    // Who has them now has ended what was open.
    if (reason !== "lost") await released;
  };

  const reset = createReset({
    works,
    processors,
    consumer,
    transactions,
    clock,
    random,
    signal,
    isHeld: ({ claim }) => works.has(claim) && !leaving.has(claim),
    hold(claims) {
      for (const claim of claims) resetting.add(claim);
      applyPauses(claims);
    },
    letGo(claims) {
      for (const claim of claims) resetting.delete(claim);
      applyPauses(claims);
      // What was taken in of them and not settled is so no more: it is taken in again.
      noteSettled();
    },
    end,
    begin,
    forget: (work) => committer.forget(work),
    async commit(going) {
      // Tried again at the next interval if this fails.
      for (const work of going) committer.touch(work);
      await commitOrWarn(going);
    },
  });

  return {
    works,
    get isFetching() {
      return [...works.keys()].some((claim) => !taking.has(claim) && !resetting.has(claim) && !parts.isClosed(claim));
    },
    onAssigned,
    onBatch,
    onRevoked,
    reset,
    refresh,
    settled,
    whenSettled,
  };
}
