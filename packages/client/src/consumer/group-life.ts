import { abortable, type Clock, type Logger } from "@millrace/core";
import type { DriverConsumerHandlers, DriverConsumerSettings } from "@millrace/kafka";
import { clientError } from "../client-error.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Generation, GroupMember } from "./group-member.ts";
import { Heartbeats, type MembershipChange } from "./heartbeats.ts";
import type { PartitionHolder } from "./partition-holder.ts";
import type { TopicSelection } from "./topic-selection.ts";
import { TopicWatch } from "./topic-watch.ts";

/** What a `GroupLife` needs. */
export interface GroupLifeOptions {
  readonly cluster: Cluster;
  readonly settings: DriverConsumerSettings & { readonly group: string };
  readonly clock: Clock;
  readonly logger: Logger;
  readonly member: GroupMember;
  readonly holder: PartitionHolder;
  readonly topics: TopicSelection;
  readonly handlers: Pick<DriverConsumerHandlers, "answered">;
  /** Whether partitions are kept while the group is joined again (KIP-429). */
  readonly isCooperative: boolean;
  /** Aborts when the consumer is closed. */
  readonly closing: AbortSignal;
  /** Aborts with the error when fetching cannot go on. */
  readonly failing: AbortSignal;
}

/** Why a generation ended. */
type Ending = MembershipChange | "close" | "failed";

/** The life of a member: joins, takes partitions, gives them back, joins again, until it is closed or cannot go on. Never alive and idle. */
export class GroupLife {
  readonly #options: GroupLifeOptions;

  constructor(options: GroupLifeOptions) {
    this.#options = options;
  }

  /** Resolves when the consumer was closed. @throws what kept it from going on */
  async run(): Promise<void> {
    const { closing, failing, holder, member } = this.#options;
    const signal = AbortSignal.any([closing, failing]);
    try {
      while (!closing.aborted) await this.#liveThroughGeneration(await abortable(member.join(signal), { signal }));
    } catch (error) {
      if (failing.aborted) throw failing.reason;
      if (!closing.aborted) throw error;
    }
    // Closed while the group was being joined again.
    await holder.giveBack(holder.partitions, "close");
  }

  async #liveThroughGeneration(generation: Generation): Promise<void> {
    const { closing, failing, topics, clock, settings, isCooperative } = this.#options;
    const { promise: ended, resolve } = Promise.withResolvers<Ending>();
    const { promise: lost, resolve: lose } = Promise.withResolvers<void>();
    const endings: Ending[] = [];
    const end = (ending: Ending): void => {
      endings.push(ending);
      resolve(ending);
      if (ending === "lost") lose();
    };
    const onClose = (): void => end("close");
    const onFailure = (): void => end("failed");
    closing.addEventListener("abort", onClose, { once: true });
    failing.addEventListener("abort", onFailure, { once: true });
    const heartbeats = this.#beat(generation, end);
    const watch = new TopicWatch({ topics, maxAgeMs: settings.metadataMaxAgeMs, clock, onTopicsChanged: () => end("rebalance") });
    if (closing.aborted) onClose();
    if (failing.aborted) onFailure();
    try {
      // Another rebalance does not matter where everything is kept through it.
      const isOver = (): boolean => endings.some((ending) => !isCooperative || ending !== "rebalance");
      const mustGiveUpSome = await this.#settle(generation, lost, isOver);
      // What others are waiting for is given to them only when this member has said that it is free.
      if (mustGiveUpSome) end("rebalance");
      await this.#finish(await ended, lost);
    } finally {
      heartbeats.stop();
      watch.stop();
      closing.removeEventListener("abort", onClose);
      failing.removeEventListener("abort", onFailure);
    }
  }

  /** Makes what is held what was assigned. Answers whether something had to be given up for others. */
  async #settle({ membership, partitions }: Generation, lost: Promise<void>, isOver: () => boolean): Promise<boolean> {
    const { holder } = this.#options;
    holder.renew(membership);
    const { coming, going } = holder.compare(partitions);
    await holder.giveBack(going, "rebalance", lost);
    if (isOver()) return false;
    if (coming.length > 0 || holder.partitions.length === 0) await holder.take(membership, coming, isOver);
    return going.length > 0;
  }

  async #finish(ending: Ending, lost: Promise<void>): Promise<void> {
    const { holder, failing, isCooperative } = this.#options;
    if (ending === "failed") throw failing.reason;
    if (ending === "lost") return await holder.lose();
    if (ending === "close") return await holder.giveBack(holder.partitions, "close", lost);
    // Heartbeats go on meanwhile; when they say that the membership is gone, nobody waits for the hand-over any more.
    if (!isCooperative) await holder.giveBack(holder.partitions, "rebalance", lost);
  }

  #beat({ membership }: Generation, end: (ending: Ending) => void): Heartbeats {
    const { clock, settings, member, cluster, logger, handlers } = this.#options;
    const { group, heartbeatIntervalMs: intervalMs, sessionTimeoutMs } = settings;
    // Said once, not at every beat.
    let isFailing = false;
    return new Heartbeats({
      clock,
      intervalMs,
      sessionTimeoutMs,
      beat: async () => {
        const answer = await member.beat(membership);
        isFailing = false;
        if (answer !== "lost") handlers.answered?.("heartbeat");
        return answer;
      },
      onChange: end,
      onError: (error) => {
        cluster.forgetCoordinator(group);
        const { message } = clientError(error, { what: "Heartbeat" });
        logger[isFailing ? "debug" : "warn"]("heartbeat failed, trying again", { group, error: message });
        isFailing = true;
      },
    });
  }
}
