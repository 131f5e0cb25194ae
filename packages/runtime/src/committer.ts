import type { Cancel, Clock, Instrumentation, Logger } from "@millrace/core";
import type { Consumer, OffsetCommit } from "@millrace/kafka";
import type { ClaimWork } from "./claim-work.ts";

/** Commits what is settled, a moment after it was settled and when asked. */
export interface Committer {
  /** Something was settled: a commit follows within the interval. */
  touch(work: ClaimWork): void;
  /** Commits these partitions now. Rejects as the consumer does. */
  commit(works: Iterable<ClaimWork>): Promise<void>;
  forget(work: ClaimWork): void;
  close(): void;
}

/** One commit call at a time carries every partition that has something to commit. A failed commit is logged and tried again at the next interval. */
export function createCommitter(options: {
  readonly consumer: Consumer;
  readonly group: string;
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly instrumentation: Instrumentation;
}): Committer {
  const { consumer, group, intervalMs, clock, logger, instrumentation } = options;
  const touched = new Set<ClaimWork>();
  let cancel: Cancel | undefined;
  let closed = false;

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
      for (const work of works) if (!work.givenUp.aborted) touched.add(work);
    }
    cancel = undefined;
    if (touched.size > 0) schedule();
  };

  const commit = async (works: Iterable<ClaimWork>): Promise<void> => {
    const offsets: (OffsetCommit & { readonly work: ClaimWork })[] = [];
    for (const work of works) {
      const offset = work.uncommitted;
      if (offset !== undefined) offsets.push({ work, claim: work.claim, offset });
    }
    if (offsets.length === 0) return;
    const end = instrumentation.begin({ name: "commit", group, messageCount: offsets.length });
    try {
      await consumer.commit(offsets.map(({ claim, offset }) => ({ claim, offset })));
      // A stale commit counts as done too: it is not ours to repeat.
      for (const { work, offset } of offsets) work.committed = Math.max(work.committed, offset);
      end();
    } catch (error) {
      end(error);
      throw error;
    }
  };

  return {
    touch(work) {
      // Too late: the partition has gone.
      if (work.givenUp.aborted) return;
      touched.add(work);
      schedule();
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
