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
  #isStopped = false;

  constructor(context: AutoCommitContext) {
    this.#context = context;
  }

  /** Everything below the offset is done. */
  handled(claim: PartitionClaim, offset: number): void {
    this.#handled.set(claim, offset);
    this.#schedule();
  }

  /** Commits at once. Never rejects: what could not be committed is tried again after the interval, and is read again if that fails until the claim ends. */
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
      // Nothing else may come for long.
      if (this.#handled.size > 0) this.#schedule();
    }
  }

  #schedule(): void {
    if (this.#isStopped) return;
    const { clock, intervalMs } = this.#context;
    this.#cancel ??= clock.schedule(intervalMs, () => void this.flush());
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
    this.#cancel = undefined;
    this.#handled.clear();
  }
}
