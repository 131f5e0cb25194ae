import { abortable, type Clock, type Logger, TimedOutError, withDeadline } from "@millrace/core";
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
import { FetchConnections } from "./fetch-connections.ts";
import { FetchSession } from "./fetch-session.ts";
import { type Generation, GroupMember } from "./group-member.ts";
import { Heartbeats, type MembershipChange } from "./heartbeats.ts";

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

/** Why a generation ended. */
type Ending = { readonly why: MembershipChange | "close" } | { readonly why: "failed"; readonly error: unknown };

const leaveTimeoutMs = 5_000;

/** A member of a group: joins, hands partitions out, takes them back, joins again, until it is closed or cannot go on. Never alive and idle. */
export class ClientConsumer implements DriverConsumer {
  readonly #options: ClientConsumerOptions;
  readonly #member: GroupMember;
  readonly #closing = new AbortController();
  readonly #connections = new FetchConnections();
  #session: FetchSession | undefined;
  #running: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: ClientConsumerOptions) {
    this.#options = options;
    this.#member = new GroupMember(options);
  }

  /** Connects and begins to join. @throws KafkaError `KAFKA_UNREACHABLE`, `KAFKA_AUTHENTICATION_FAILED` */
  async start(): Promise<void> {
    await this.#options.cluster.connect();
    this.#running = this.#run();
  }

  async #run(): Promise<void> {
    try {
      while (!this.#closing.signal.aborted) await this.#liveThroughGeneration(await this.#join());
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      this.#closing.abort(error);
      await this.#leave();
      this.#options.cluster.close();
      // The handlers' own errors go back as they came.
      this.#options.handlers.failed(error instanceof Error ? error : new Error(String(error)));
    }
  }

  async #join(): Promise<Generation> {
    const { signal } = this.#closing;
    return await abortable(this.#member.join(signal), { signal });
  }

  async #liveThroughGeneration(generation: Generation): Promise<void> {
    const { clock, logger, settings, handlers } = this.#options;
    const { membership, partitions } = generation;
    let isOver = false;
    let end: (ending: Ending) => void = () => {};
    const ended = new Promise<Ending>((resolve) => {
      end = (ending) => {
        isOver = true;
        resolve(ending);
      };
    });
    let lose: () => void = () => {};
    const lost = new Promise<void>((resolve) => {
      lose = resolve;
    });
    const onClose = (): void => end({ why: "close" });
    this.#closing.signal.addEventListener("abort", onClose, { once: true });
    // Said once, not at every beat.
    let isBeatFailing = false;
    const heartbeats = new Heartbeats({
      clock,
      intervalMs: settings.heartbeatIntervalMs,
      sessionTimeoutMs: settings.sessionTimeoutMs,
      beat: async () => {
        const answer = await this.#member.beat(membership);
        isBeatFailing = false;
        return answer;
      },
      onChange: (why) => {
        end({ why });
        if (why === "lost") lose();
      },
      onError: (error) => {
        this.#options.cluster.forgetCoordinator(settings.group);
        logger[isBeatFailing ? "debug" : "warn"]("heartbeat failed, trying again", {
          group: settings.group,
          error: clientError(error, { what: "Heartbeat" }).message,
        });
        isBeatFailing = true;
      },
    });
    if (this.#closing.signal.aborted) onClose();
    try {
      const starts = await handlers.assigned(membership, partitions);
      if (isOver) return await this.#giveBack(partitions, await ended, lost);
      const session = new FetchSession({
        ...this.#options,
        connections: this.#connections,
        starts,
        onFailure: (error) => end({ why: "failed", error }),
        onTopicsChanged: () => end({ why: "rebalance" }),
      });
      this.#session = session;
      const ending = await ended;
      session.stop();
      this.#session = undefined;
      await this.#giveBack(partitions, ending, lost);
      if (ending.why === "failed") throw ending.error;
    } finally {
      heartbeats.stop();
      this.#closing.signal.removeEventListener("abort", onClose);
    }
  }

  // Heartbeats go on meanwhile; when they say that the membership is gone, nobody waits for the hand-over any more.
  async #giveBack(partitions: readonly TopicPartition[], ending: Ending, lost: Promise<void>): Promise<void> {
    const { handlers, settings, clock, logger } = this.#options;
    if (ending.why === "failed" || partitions.length === 0) return;
    if (ending.why !== "lost") {
      const reason = ending.why;
      try {
        const outcome = await withDeadline(
          settings.rebalanceTimeoutMs,
          async () =>
            await Promise.race([handlers.revoked(partitions, reason).then(() => "done" as const), lost.then(() => "lost" as const)]),
          { clock, what: "giving partitions back" },
        );
        if (outcome === "done") return;
      } catch (error) {
        if (!TimedOutError.is(error)) throw error;
        logger.warn("partitions were not given back in time; the group has gone on", { group: settings.group });
      }
      if (reason === "close") return;
    }
    await withDeadline(settings.rebalanceTimeoutMs, async () => await handlers.revoked(partitions, "lost"), { clock }).catch(
      (error: unknown) => {
        if (!TimedOutError.is(error)) throw error;
      },
    );
  }

  seek(position: StartPosition): void {
    this.#session?.seek(position);
  }

  async committed(partitions: readonly TopicPartition[]): Promise<readonly CommittedOffset[]> {
    return await fetchGroupOffsets({ ...this.#request(), partitions });
  }

  async commit(offsets: readonly CommittedOffset[], membership: GroupMembership): Promise<void> {
    await commitGroupOffsets({ ...this.#request(), offsets, ...membership });
  }

  async offsets(partitions: readonly TopicPartition[], at: "earliest" | "latest" | number): Promise<readonly StartPosition[]> {
    return await listOffsets({ ...this.#request(), partitions, at, isolation: this.#options.settings.isolation });
  }

  #request(): { cluster: Cluster; clock: Clock; timeoutMs: number; group: string } {
    const { cluster, clock, requestTimeoutMs, settings } = this.#options;
    return { cluster, clock, timeoutMs: requestTimeoutMs, group: settings.group };
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing.abort(new KafkaError({ code: "KAFKA_DISCONNECTED", message: "The consumer was closed." }));
    // A JoinGroup may wait at the broker for other members, and is not waited for.
    await this.#running;
    await this.#leave();
    this.#options.cluster.close();
  }

  async #leave(): Promise<void> {
    const { clock, logger, settings } = this.#options;
    await withDeadline(leaveTimeoutMs, async () => await this.#member.leave(), { clock, what: "leaving the group" }).catch(
      (error: unknown) => {
        logger.warn("leaving the group failed; it goes on when the session ends", {
          group: settings.group,
          error: clientError(error, { what: "Leaving" }).message,
        });
      },
    );
  }
}
