import { type Clock, type Logger, TimedOutError, withDeadline } from "@millrace/core";
import type { DriverConsumerHandlers, JoinedMembership, TopicPartition } from "@millrace/kafka";
import type { FetchSession } from "./fetch-session.ts";

/** What a `PartitionHolder` needs. */
export interface PartitionHolderOptions {
  readonly session: Pick<FetchSession, "hold" | "release">;
  readonly handlers: Pick<DriverConsumerHandlers, "assigned" | "renewed" | "revoked">;
  readonly clock: Clock;
  readonly logger: Logger;
  /** null: none. */
  readonly group: string | null;
  /** How long whoever gives partitions back is waited for. */
  readonly rebalanceTimeoutMs: number;
}

/** The partitions that a consumer holds: told to the port, fetched, and taken back, in that order. */
export class PartitionHolder {
  readonly #options: PartitionHolderOptions;
  #partitions: readonly TopicPartition[] = [];

  constructor(options: PartitionHolderOptions) {
    this.#options = options;
  }

  get partitions(): readonly TopicPartition[] {
    return this.#partitions;
  }

  /** What of these is held, or what is held but not among these. */
  compare(wanted: readonly TopicPartition[]): { readonly coming: readonly TopicPartition[]; readonly going: readonly TopicPartition[] } {
    const [before, after] = [this.#partitions, wanted].map((partitions) => new Set(partitions.map(keyOf))) as [Set<string>, Set<string>];
    return {
      coming: wanted.filter((partition) => !before.has(keyOf(partition))),
      going: this.#partitions.filter((partition) => !after.has(keyOf(partition))),
    };
  }

  /** The group was joined again: what is held stays, under this membership. */
  renew(membership: JoinedMembership): void {
    if (this.#partitions.length > 0) this.#options.handlers.renewed(membership);
  }

  /** Holds these too. Nothing is fetched when it is all over by the time their starts are known. */
  async take(membership: JoinedMembership, partitions: readonly TopicPartition[], isOver: () => boolean): Promise<void> {
    const { handlers, session } = this.#options;
    this.#partitions = [...this.#partitions, ...partitions];
    const starts = await handlers.assigned(membership, partitions);
    if (isOver()) return;
    const held = new Set(this.#partitions.map(keyOf));
    session.hold(starts.filter((start) => held.has(keyOf(start))));
  }

  /**
   * Lets partitions go when their work has settled. When the membership is lost meanwhile, or the time is up, nobody is waited for any more: others may hold
   * them by then.
   */
  async giveBack(partitions: readonly TopicPartition[], reason: "rebalance" | "close", lost?: Promise<void>): Promise<void> {
    if (partitions.length === 0) return;
    const { handlers, session, logger, group, rebalanceTimeoutMs } = this.#options;
    session.release(partitions);
    const told = async (): Promise<"done" | "lost"> => {
      const done = handlers.revoked(partitions, reason).then(() => "done" as const);
      return await (lost === undefined ? done : Promise.race([done, lost.then(() => "lost" as const)]));
    };
    const outcome = await this.#inTime(rebalanceTimeoutMs, told);
    if (outcome === "late") logger.warn("partitions were not given back in time; the group has gone on", { group });
    if (outcome === "lost" || (outcome === "late" && reason !== "close")) return await this.lose(partitions);
    this.#forget(partitions);
  }

  /** Others may hold these by now. */
  async lose(partitions: readonly TopicPartition[] = this.#partitions): Promise<void> {
    if (partitions.length === 0) return;
    const { handlers, session, rebalanceTimeoutMs } = this.#options;
    session.release(partitions);
    this.#forget(partitions);
    await this.#inTime(rebalanceTimeoutMs, async () => await handlers.revoked(partitions, "lost"));
  }

  #forget(partitions: readonly TopicPartition[]): void {
    const going = new Set(partitions.map(keyOf));
    this.#partitions = this.#partitions.filter((partition) => !going.has(keyOf(partition)));
  }

  async #inTime<T>(timeoutMs: number, work: () => Promise<T>): Promise<T | "late"> {
    try {
      return await withDeadline(timeoutMs, work, { clock: this.#options.clock, what: "giving partitions back" });
    } catch (error) {
      if (!TimedOutError.is(error)) throw error;
      return "late";
    }
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${partition}@${topic}`;
}
