import type { Cancel, Clock, Logger } from "@millrace/core";
import { type Consumer, KafkaError, type OffsetCommit } from "@millrace/kafka";
import type { ClaimWork, WorkCommit } from "./claim-work.ts";

/** Commits what is settled, a moment after it was settled and when asked. */
export interface Committer {
  /** Something was settled: a commit follows within the interval. */
  touch(work: ClaimWork): void;
  /** Commits these partitions now. Rejects as the consumer does. */
  commit(works: Iterable<ClaimWork>): Promise<void>;
  forget(work: ClaimWork): void;
  close(): void;
}

/** What brokers take by default. Kafka: `offset.metadata.max.bytes`. */
const usualMetadataBytes = 4_096;

/** One commit call at a time carries every partition that has something to commit. A failed commit is logged and tried again at the next interval. */
export function createCommitter(options: {
  readonly consumer: Consumer;
  readonly group: string;
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}): Committer {
  const { consumer, group, intervalMs, clock, logger } = options;
  const touched = new Set<ClaimWork>();
  let cancel: Cancel | undefined;
  let closed = false;
  let longestMetadata = usualMetadataBytes;

  const schedule = (): void => {
    if (cancel !== undefined || closed) return;
    cancel = clock.schedule(intervalMs, () => {
      void commitTouched();
    });
  };

  const commitTouched = async (): Promise<void> => {
    const works = [...touched];
    touched.clear();
    try {
      await commit(works);
    } catch (error) {
      logger.warn("commit failed; tried again at the next interval", { group, error });
      for (const work of works) if (!work.isGivenUp) touched.add(work);
    }
    cancel = undefined;
    if (touched.size > 0) schedule();
  };

  const commit = async (works: Iterable<ClaimWork>): Promise<void> => {
    const commits = new Map<ClaimWork, WorkCommit>();
    for (const work of works) {
      const found = work.unit === undefined ? work.commit(longestMetadata) : undefined;
      if (found !== undefined) commits.set(work, found);
    }
    if (commits.size === 0) return;
    try {
      await consumer.commit([...commits].map(([{ claim }, { offset, metadata }]) => offsetCommit(claim, offset, metadata)));
      // A stale commit counts as done too: it is not ours to repeat.
      for (const [work, found] of commits) work.wasCommitted(found);
    } catch (error) {
      if (!isMetadataRefused(error) || longestMetadata === 0) throw error;
      logger.warn("the broker takes less metadata with offsets than usual: what is settled above them is not kept over a restart", {
        group,
      });
      longestMetadata = 0;
      await commit(commits.keys());
    }
  };

  return {
    touch(work) {
      // Too late: the partition has gone.
      if (work.isGivenUp) return;
      // Its offsets are part of its transactions.
      if (work.unit !== undefined) return work.unit.touch();
      touched.add(work);
      if (cancel === undefined) schedule();
    },
    commit,
    forget(work) {
      touched.delete(work);
    },
    close() {
      closed = true;
      cancel?.();
      cancel = undefined;
      touched.clear();
    },
  };
}

function offsetCommit(claim: OffsetCommit["claim"], offset: number, metadata: string | undefined): OffsetCommit {
  return metadata === undefined ? { claim, offset } : { claim, offset, metadata };
}

function isMetadataRefused(error: unknown): boolean {
  if (!KafkaError.is(error)) return false;
  return error.kafkaError === "OFFSET_METADATA_TOO_LARGE" || (error.failures ?? []).some(isMetadataRefused);
}
