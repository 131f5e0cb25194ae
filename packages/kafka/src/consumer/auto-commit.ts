import type { Cancel, Clock, Logger } from "@millrace/core";
import type { OffsetCommit, PartitionClaim } from "./consumer.ts";

/** What committing by itself needs. */
export interface AutoCommitContext {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly group: string | null;
  /** Kafka: `auto.commit.interval.ms`. */
  readonly intervalMs: number;
  readonly commit: (offsets: readonly OffsetCommit[]) => Promise<unknown>;
}

/** Commits what was handled, once in a while. Never anything that a handler has not finished. Kafka: `enable.auto.commit`. */
export class AutoCommit {
  readonly #context: AutoCommitContext;
  readonly #handled = new Map<PartitionClaim, number>();
  #cancel: Cancel | undefined;

  constructor(context: AutoCommitContext) {
    this.#context = context;
  }

  /** Everything below the offset is done. */
  handled(claim: PartitionClaim, offset: number): void {
    this.#handled.set(claim, offset);
    const { clock, intervalMs } = this.#context;
    this.#cancel ??= clock.schedule(intervalMs, () => void this.flush());
  }

  /** Commits at once. Never rejects: what could not be committed is tried again with the next commit, and is read again if there is none. */
  async flush(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#handled.size === 0) return;
    const offsets = [...this.#handled].map(([claim, offset]) => ({ claim, offset }));
    this.#handled.clear();
    try {
      await this.#context.commit(offsets);
    } catch (error) {
      const { logger, group } = this.#context;
      logger.warn("offsets could not be committed", { group, error });
      for (const { claim, offset } of offsets) {
        if (!claim.signal.aborted && !this.#handled.has(claim)) this.#handled.set(claim, offset);
      }
    }
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#handled.clear();
  }
}
