import type { Cancel, Clock, Logger } from "@millrace/core";
import type { DriverConsumerHandlers, DriverConsumerSettings, FetchedBatch, StartPosition, TopicPartition } from "@millrace/kafka";
import { errorByCode, errorCodes } from "@millrace/protocol";
import { brokerError, clientError } from "../client-error.ts";
import type { ConnectionIndex } from "../cluster/broker.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { FetchDecoder, type FetchedBytes } from "../wire/decode-fetched.ts";
import { fetchPartitions, type PartitionAnswer } from "../wire/fetch-partitions.ts";

/** What a `FetchSession` needs. */
export interface FetchSessionOptions {
  readonly cluster: Cluster;
  readonly settings: DriverConsumerSettings;
  readonly handlers: Pick<DriverConsumerHandlers, "answered" | "batch" | "outOfRange">;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called once, when fetching cannot go on. */
  readonly onFailure: (error: unknown) => void;
}

/** What is under way at one broker. */
interface NodeRequests {
  polling: boolean;
  eager: boolean;
}

/** A partition that is held. It is fetched when it is free: neither in a handler nor in a request, nor waiting after an error. */
interface HeldPartition extends TopicPartition {
  position: number;
  /** Grows with every seek. */
  epoch: number;
  state: "free" | "asked" | "handled" | "waiting";
  /** The request that it was last asked for in; an answer to another one is dropped. */
  request: number;
  /** How often it failed in a row. */
  failures: number;
  /** Just freed while others were being waited for: worth asking for at once. */
  eager: boolean;
}

/** How long a request may wait at the broker while some partition is in a handler: no longer than a freed partition may have to wait. */
const busyWaitMs = 100;
/** How long the next request is held back for handlers that are about to finish, so that one request serves all. */
const graceMs = 5;
/** Pause before a partition is asked for again; doubled with every failure in a row. Kafka: `retry.backoff.ms`, `retry.backoff.max.ms`. */
const errorPauseMs = 100;
const longestErrorPauseMs = 1_000;
/** A broker that answers sooner than this without anything, since it was told not to wait, is left alone for as long. */
const emptyPauseMs = 5;

/**
 * Fetches the partitions that a consumer holds. Each broker is asked over two connections: one request waits for data
 * of whatever is free, and while it does, a partition that becomes free is asked for at once on the other, without waiting. So a slow handler holds back
 * nobody, and a partition with more to read never waits for one that has nothing.
 */
export class FetchSession {
  readonly #options: FetchSessionOptions;
  readonly #decoder = new FetchDecoder();
  readonly #nodes = new Map<number, NodeRequests>();
  #partitions: readonly HeldPartition[] = [];
  readonly #byTopic = new Map<string, Map<number, HeldPartition>>();
  /** Brokers whose next request is held back for a moment, and those for which the moment is over. */
  readonly #graces = new Map<number, Cancel | "over">();
  /** Brokers that answered at once and had nothing. */
  readonly #resting = new Set<number>();
  readonly #timers = new Set<Cancel>();
  #requests = 0;
  #pumping = false;
  #stopped = false;
  /** Whether the last request failed; said once, not every time. */
  #failing = false;

  constructor(options: FetchSessionOptions) {
    this.#options = options;
  }

  /** Fetches these too, from where they start. */
  hold(starts: readonly StartPosition[]): void {
    const added = starts.map(
      ({ topic, partition, offset }): HeldPartition => ({
        topic,
        partition,
        position: offset,
        epoch: 0,
        state: "free",
        request: 0,
        failures: 0,
        eager: true,
      }),
    );
    this.#partitions = [...this.#partitions, ...added];
    for (const held of added) {
      const partitions = this.#byTopic.get(held.topic) ?? new Map<number, HeldPartition>();
      this.#byTopic.set(held.topic, partitions.set(held.partition, held));
    }
    this.#pump();
  }

  /** Delivers nothing more of these; answers that are still under way are dropped. */
  release(partitions: readonly TopicPartition[]): void {
    const going = new Set(partitions.map(({ topic, partition }) => this.#find(topic, partition)));
    this.#partitions = this.#partitions.filter((held) => !going.has(held));
    for (const { topic, partition } of partitions) {
      const held = this.#byTopic.get(topic);
      held?.delete(partition);
      if (held?.size === 0) this.#byTopic.delete(topic);
    }
  }

  /** Delivers nothing more. Answers that are still under way are dropped. */
  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
  }

  /** Moves a partition; nothing from before is delivered afterwards. */
  seek({ topic, partition, offset }: StartPosition): void {
    const held = this.#find(topic, partition);
    if (held === undefined) return;
    held.position = offset;
    held.epoch += 1;
    held.eager = true;
    // The answer to what was asked before is no longer wanted, and not waited for.
    if (held.state === "asked") held.state = "free";
    this.#pump();
  }

  #find(topic: string, partition: number): HeldPartition | undefined {
    return this.#byTopic.get(topic)?.get(partition);
  }

  #after(delayMs: number, task: () => void): Cancel {
    const cancel = this.#options.clock.schedule(delayMs, () => {
      this.#timers.delete(cancel);
      task();
    });
    this.#timers.add(cancel);
    return cancel;
  }

  #cancel(cancel: Cancel): void {
    cancel();
    this.#timers.delete(cancel);
  }

  /** Looks, at the end of this microtask, for partitions that can be fetched. */
  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    queueMicrotask(() => {
      this.#pumping = false;
      if (!this.#stopped) this.#fetchWhatIsFree();
    });
  }

  #fetchWhatIsFree(): void {
    const byLeader = new Map<number, HeldPartition[]>();
    for (const held of this.#partitions) {
      if (held.state === "waiting" || held.state === "asked") continue;
      const leader = this.#options.cluster.leader(held.topic, held.partition);
      if (leader === undefined) {
        if (held.state === "free") this.#waitForLeader(held);
        continue;
      }
      const led = byLeader.get(leader);
      if (led === undefined) byLeader.set(leader, [held]);
      else led.push(held);
    }
    for (const [nodeId, led] of byLeader) this.#fetchFrom(nodeId, led);
  }

  #fetchFrom(nodeId: number, led: readonly HeldPartition[]): void {
    const { settings, clock } = this.#options;
    const node = this.#nodes.get(nodeId) ?? { polling: false, eager: false };
    this.#nodes.set(nodeId, node);
    const free = led.filter(({ state }) => state === "free");
    if (free.length === 0) return;
    const handling = free.length < led.length;
    if (node.polling) {
      const eager = free.filter((held) => held.eager);
      if (eager.length === 0 || node.eager) return;
      node.eager = true;
      void this.#fetch(nodeId, eager, 0, 0).finally(() => {
        node.eager = false;
        this.#pump();
      });
      return;
    }
    if (this.#resting.has(nodeId)) return;
    const grace = this.#graces.get(nodeId);
    if (handling && grace !== "over") {
      if (grace === undefined)
        this.#graces.set(
          nodeId,
          this.#after(graceMs, () => this.#endGrace(nodeId)),
        );
      return;
    }
    if (typeof grace === "function") this.#cancel(grace);
    this.#graces.delete(nodeId);
    node.polling = true;
    const { fetchMaxWaitMs } = settings;
    const askedAt = clock.monotonic();
    void this.#fetch(nodeId, free, handling ? Math.min(busyWaitMs, fetchMaxWaitMs) : fetchMaxWaitMs, 1).finally(() => {
      const cameEmpty = free.every(({ state }) => state === "free");
      if (cameEmpty && clock.monotonic() - askedAt < emptyPauseMs) this.#rest(nodeId);
      node.polling = false;
      this.#pump();
    });
  }

  #rest(nodeId: number): void {
    if (this.#stopped) return;
    this.#resting.add(nodeId);
    this.#after(emptyPauseMs, () => {
      this.#resting.delete(nodeId);
      this.#pump();
    });
  }

  #endGrace(nodeId: number): void {
    this.#graces.set(nodeId, "over");
    this.#pump();
  }

  async #fetch(nodeId: number, partitions: readonly HeldPartition[], maxWaitMs: number, connection: ConnectionIndex): Promise<void> {
    this.#requests += 1;
    const request = this.#requests;
    const isAwaited = (held: HeldPartition): boolean => held.state === "asked" && held.request === request;
    for (const held of partitions) {
      held.state = "asked";
      held.request = request;
      held.eager = false;
    }
    try {
      const { settings, cluster, clock } = this.#options;
      const askedAt = clock.monotonic();
      const responses = await fetchPartitions(await cluster.broker(nodeId), settings, partitions, { maxWaitMs, connection });
      if (this.#stopped) return;
      this.#failing = false;
      const fetchMs = clock.monotonic() - askedAt;
      for (const { topic, partitions: answers } of responses) {
        for (const answer of answers) {
          const held = this.#find(topic, answer.partitionIndex);
          // A partition before this one may have ended the session.
          if (held !== undefined && isAwaited(held) && !this.#stopped) this.#take(held, answer, fetchMs);
        }
      }
    } catch (error) {
      if (this.#stopped) return;
      this.#recover(error, partitions.filter(isAwaited));
    } finally {
      for (const held of partitions) if (isAwaited(held)) held.state = "free";
    }
  }

  #take(held: HeldPartition, answer: PartitionAnswer, fetchMs: number): void {
    const { topic, partition, position: fetchOffset } = held;
    const { errorCode } = answer;
    if (errorCode === errorCodes.NONE) {
      held.failures = 0;
      this.#options.handlers.answered?.("fetch");
      const batch = this.#decode({ ...answer, topic, partition, fetchOffset });
      if (batch !== undefined && batch.nextOffset > fetchOffset) this.#deliver(held, { ...batch, fetchMs });
      return;
    }
    if (errorCode === errorCodes.OFFSET_OUT_OF_RANGE) {
      this.#askWhereToGoOn(held, fetchOffset);
      return;
    }
    const error = brokerError(errorCode, { what: `Fetching "${topic}" partition ${partition}`, topic, partition });
    if (error.retryable) {
      this.#options.logger.debug("fetch failed, looking for the leader again", { topic, partition, error: errorByCode(errorCode).name });
      this.#waitForLeader(held);
    } else this.#fail(error);
  }

  #decode(fetched: FetchedBytes): FetchedBatch | undefined {
    try {
      return this.#decoder.decode(fetched);
    } catch (error) {
      const { topic, partition, fetchOffset } = fetched;
      this.#fail(clientError(error, { what: `Reading "${topic}" partition ${partition} from offset ${fetchOffset}`, topic, partition }));
      return undefined;
    }
  }

  #deliver(held: HeldPartition, batch: FetchedBatch): void {
    held.position = batch.nextOffset;
    this.#handle(held, async () => {
      await this.#options.handlers.batch(batch);
    });
  }

  #askWhereToGoOn(held: HeldPartition, offset: number): void {
    const { topic, partition, epoch } = held;
    this.#handle(held, async () => {
      const next = await this.#options.handlers.outOfRange({ topic, partition, offset });
      if (held.epoch === epoch) held.position = next;
    });
  }

  #handle(held: HeldPartition, work: () => Promise<void>): void {
    held.state = "handled";
    // An async wrapper, so that a handler that throws at once is a rejection too.
    (async () => await work())().then(
      () => {
        held.state = "free";
        held.eager = true;
        this.#pump();
      },
      (error: unknown) => this.#fail(error),
    );
  }

  #fail(error: unknown): void {
    if (this.#stopped) return;
    this.stop();
    this.#options.onFailure(error);
  }

  #recover(error: unknown, partitions: readonly HeldPartition[]): void {
    const mapped = clientError(error, { what: "Fetching", brokers: this.#options.cluster.brokers });
    if (!mapped.retryable) {
      this.#fail(mapped);
      return;
    }
    this.#options.logger[this.#failing ? "debug" : "warn"]("fetching failed, trying again", { error: mapped.message });
    this.#failing = true;
    for (const held of partitions) this.#waitForLeader(held);
  }

  // Not before a pause, or a partition without leader would be asked for without end.
  #waitForLeader(held: HeldPartition): void {
    held.state = "waiting";
    const pauseMs = Math.min(longestErrorPauseMs, errorPauseMs * 2 ** held.failures);
    held.failures += 1;
    this.#after(pauseMs, () => {
      void this.#options.cluster
        .refresh()
        .catch(() => {})
        .then(() => {
          held.state = "free";
          this.#pump();
        });
    });
  }
}
