import { type Clock, type Logger, withDeadline } from "@millrace/core";
import {
  type CommittedOffset,
  type DriverConsumer,
  type DriverConsumerHandlers,
  type DriverConsumerSettings,
  type GroupMembership,
  KafkaError,
  type StartPosition,
  type TopicPartition,
} from "@millrace/kafka";
import { clientError } from "../client-error.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { commitGroupOffsets, fetchGroupOffsets } from "../wire/group-offsets.ts";
import { listOffsets } from "../wire/list-offsets.ts";
import { findAssignor } from "./assignors/find-assignor.ts";
import { FetchSession } from "./fetch-session.ts";
import { GroupLife } from "./group-life.ts";
import { GroupMember } from "./group-member.ts";
import { PartitionHolder } from "./partition-holder.ts";
import { selectTopics } from "./topic-selection.ts";

/** What a `ClientConsumer` needs. */
export interface ClientConsumerOptions {
  /** Its own: a JoinGroup holds back whatever else is asked on its connection. */
  readonly cluster: Cluster;
  readonly settings: DriverConsumerSettings;
  readonly handlers: DriverConsumerHandlers;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly requestTimeoutMs: number;
}

const leaveTimeoutMs = 5_000;
const noMembership = { memberId: "", generationId: -1, groupInstanceId: null, isLeader: false, protocol: null } as const;

/** A consumer: a member of a group, or one that is told what to read. */
export class ClientConsumer implements DriverConsumer {
  readonly #options: ClientConsumerOptions;
  readonly #closing = new AbortController();
  readonly #failing = new AbortController();
  readonly #session: FetchSession;
  readonly #holder: PartitionHolder;
  #member: GroupMember | undefined;
  #running: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;

  constructor(options: ClientConsumerOptions) {
    const { settings } = options;
    this.#options = options;
    this.#session = new FetchSession({ ...options, onFailure: (error) => this.#failing.abort(error) });
    this.#holder = new PartitionHolder({
      ...options,
      session: this.#session,
      group: settings.group,
      rebalanceTimeoutMs: settings.rebalanceTimeoutMs,
    });
  }

  /** Connects and begins to join. @throws KafkaError `KAFKA_UNREACHABLE`, `KAFKA_AUTHENTICATION_FAILED` */
  async start(): Promise<void> {
    await this.#options.cluster.connect();
    const { subscription, group } = this.#options.settings;
    if (subscription === "assigned" || group === null) {
      this.#failing.signal.addEventListener("abort", () => void this.#fail(this.#failing.signal.reason));
      return;
    }
    const { settings, cluster } = this.#options;
    const holder = this.#holder;
    const topics = selectTopics(subscription, cluster);
    const isCooperative = settings.assignors.some((name) => findAssignor(name).isCooperative);
    const named = { ...this.#options, settings: { ...settings, group }, topics };
    const member = new GroupMember({
      ...named,
      isCooperative,
      owned: () => holder.partitions,
      onJoined: (membership) => holder.renew(membership),
      onLost: async () => await holder.lose(),
    });
    this.#member = member;
    const life = new GroupLife({ ...named, isCooperative, member, holder, closing: this.#closing.signal, failing: this.#failing.signal });
    this.#running = life.run().catch(async (error: unknown) => await this.#fail(error));
  }

  async #fail(error: unknown): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort(error);
    this.#session.stop();
    await this.#leave();
    this.#options.cluster.close();
    // The handlers' own errors go back as they came.
    this.#options.handlers.failed(error instanceof Error ? error : new Error(String(error)));
  }

  /** One after the other. */
  assign(partitions: readonly TopicPartition[]): Promise<void> {
    const done = this.#running.then(() => this.#assign(partitions));
    this.#running = done.catch(() => {});
    return done;
  }

  async #assign(partitions: readonly TopicPartition[]): Promise<void> {
    const { signal } = this.#closing;
    signal.throwIfAborted();
    const { coming, going } = this.#holder.compare(partitions);
    await this.#holder.giveBack(going, "rebalance");
    if (coming.length > 0) await this.#holder.take(noMembership, coming, () => signal.aborted);
  }

  seek(position: StartPosition): void {
    this.#session.seek(position);
  }

  async committed(partitions: readonly TopicPartition[]): Promise<readonly CommittedOffset[]> {
    return await fetchGroupOffsets({ ...this.#question(), group: this.#group(), partitions });
  }

  async commit(offsets: readonly CommittedOffset[], membership: GroupMembership): Promise<void> {
    const { memberId, generationId, groupInstanceId = null } = membership;
    await commitGroupOffsets({ ...this.#request(), group: this.#group(), offsets, memberId, generationId, groupInstanceId });
  }

  async offsets(
    partitions: readonly TopicPartition[],
    at: "earliest" | "latest" | number,
    isolation: DriverConsumerSettings["isolation"] = this.#options.settings.isolation,
  ): Promise<readonly StartPosition[]> {
    return await listOffsets({ ...this.#question(), partitions, at, isolation });
  }

  // Once it is closing nobody needs the answer; commits are still made.
  #question(): { cluster: Cluster; clock: Clock; timeoutMs: number; signal: AbortSignal } {
    return { ...this.#request(), signal: this.#closing.signal };
  }

  #request(): { cluster: Cluster; clock: Clock; timeoutMs: number } {
    const { cluster, clock, requestTimeoutMs } = this.#options;
    return { cluster, clock, timeoutMs: requestTimeoutMs };
  }

  #group(): string {
    const { group } = this.#options.settings;
    if (group === null) throw new TypeError("a consumer without a group was asked for its group's offsets");
    return group;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing.abort(new KafkaError({ code: "KAFKA_DISCONNECTED", message: "The consumer was closed." }));
    // A JoinGroup may wait at the broker for other members, and is not waited for.
    await this.#running;
    await this.#holder.giveBack(this.#holder.partitions, "close");
    this.#session.stop();
    await this.#leave();
    this.#options.cluster.close();
  }

  async #leave(): Promise<void> {
    const { clock, logger, settings } = this.#options;
    await withDeadline(leaveTimeoutMs, async () => await this.#member?.leave(), { clock, what: "leaving the group" }).catch(
      (error: unknown) => {
        logger.warn("leaving the group failed; it goes on when the session ends", {
          group: settings.group,
          error: clientError(error, { what: "Leaving" }).message,
        });
      },
    );
  }
}
