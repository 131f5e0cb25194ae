import { type Codec, createCodec } from "@millrace/compression";
import type { Cancel, Clock, Logger } from "@millrace/core";
import {
  type DriverProducer,
  type DriverProducerSettings,
  KafkaError,
  type ProduceBatch,
  type ProduceOutcome,
  type TopicDescription,
} from "@millrace/kafka";
import { errorCodes } from "@millrace/protocol";
import { brokerError, clientError } from "../client-error.ts";
import type { Broker } from "../cluster/broker.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { TransactionSession } from "../transactions/transaction-session.ts";
import { describePartitions } from "../wire/describe-partitions.ts";
import { countPartitions } from "./count-partitions.ts";
import { encodeBatch, exchangeBatches, type PartitionResponse } from "./exchange-batches.ts";
import { describeLane, PartitionLane, type PendingBatch } from "./partition-lane.ts";
import { lostNumbers, uncertainErrors } from "./produce-errors.ts";
import { ProducerIdentities } from "./producer-identity.ts";

/** What a `ClientProducer` needs. */
export interface ClientProducerOptions {
  readonly cluster: Cluster;
  readonly settings: DriverProducerSettings;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Every batch belongs to a transaction, where there is one. */
  readonly transaction?: TransactionSession;
  /** How long a topic may be unknown, in milliseconds: it may have been made a moment ago. @default 5_000 */
  readonly unknownTopicMs?: number;
}

/** One request, from the choice of its batches to its answer. */
interface Round {
  readonly nodeId: number;
  readonly pending: readonly PendingBatch[];
  broker: Broker | undefined;
}

const shortestSweepMs = 20;
const longestSweepMs = 1_000;
/** Partitions that nothing was sent to in so long are forgotten when others come. Kafka: `metadata.max.idle.ms`. */
const longestIdleMs = 300_000;
/** Before a batch is sent again that came upon the end of the transaction before. */
const busyPauseMs = 3;
/**
 * Writes batches. Each has an outcome of its own, and a failed one is repeated under its old number, so that with idempotence it is stored once.
 * Without idempotence one that may have been stored is not repeated but reported.
 */
export class ClientProducer implements DriverProducer {
  readonly #cluster: Cluster;
  readonly #settings: DriverProducerSettings;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #codec: Codec;
  readonly #identities: ProducerIdentities;
  readonly #transaction: TransactionSession | undefined;
  readonly #unknownTopicMs: number;
  readonly #lanes = new Map<string, Map<number, PartitionLane>>();
  /** Requests under way; each promise resolves when its request is so no more. */
  readonly #rounds = new Map<Round, Promise<void>>();
  /** Lanes that wait until their broker has answered earlier requests. */
  readonly #held = new Set<PartitionLane>();
  readonly #unsettled = new Set<PendingBatch>();
  readonly #pauses = new Set<Cancel>();
  #sweep: Cancel | undefined;
  #lookedForIdleMs: number;
  #closed = false;

  constructor(options: ClientProducerOptions) {
    this.#cluster = options.cluster;
    this.#settings = options.settings;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#codec = createCodec(options.settings.compression);
    this.#identities = new ProducerIdentities(options.cluster);
    this.#transaction = options.transaction;
    this.#unknownTopicMs = options.unknownTopicMs ?? 5_000;
    this.#lookedForIdleMs = options.clock.monotonic();
  }

  send(batches: readonly ProduceBatch[], onOutcome?: (index: number, outcome: ProduceOutcome) => void): Promise<readonly ProduceOutcome[]> {
    const now = this.#clock.monotonic();
    const lanes: PartitionLane[] = [];
    const outcomes = batches.map(
      (batch, index) =>
        new Promise<ProduceOutcome>((resolve) => {
          const settle = (outcome: ProduceOutcome): void => {
            onOutcome?.(index, outcome);
            resolve(outcome);
          };
          const lane = this.#lane(batch.topic, batch.partition, now);
          const pending = {
            batch,
            lane,
            sentAtMs: now,
            deadline: (batch.appendedAtMs ?? now) + this.#settings.deliveryTimeoutMs,
            settle,
            encoded: undefined,
            lastError: undefined,
            attempts: 0,
            uncertain: false,
            settled: false,
          };
          if (this.#closed) return this.#settle(pending, { ok: false, error: closedError() });
          this.#unsettled.add(pending);
          lane.queue.push(pending);
          lanes.push(lane);
        }),
    );
    this.#dispatch(lanes);
    this.#scheduleSweep();
    return Promise.all(outcomes);
  }

  #lane(topic: string, partition: number, now: number): PartitionLane {
    let partitions = this.#lanes.get(topic);
    if (partitions === undefined) {
      this.#forgetIdle(now);
      partitions = new Map<number, PartitionLane>();
      this.#lanes.set(topic, partitions);
    }
    const lane = partitions.get(partition) ?? new PartitionLane(topic, partition);
    partitions.set(partition, lane);
    lane.usedAtMs = now;
    return lane;
  }

  /** A producer that lives long may meet many topics. In transactions every partition's numbers must stay known. */
  #forgetIdle(now: number): void {
    if (this.#transaction !== undefined || now - this.#lookedForIdleMs < longestIdleMs) return;
    this.#lookedForIdleMs = now;
    for (const [topic, partitions] of this.#lanes) {
      for (const [partition, { queue, state, usedAtMs, identity, spent }] of partitions) {
        if (queue.length > 0 || state !== "idle" || now - usedAtMs < longestIdleMs) continue;
        partitions.delete(partition);
        const numbered = identity ?? spent;
        if (numbered !== undefined) this.#identities.retire(numbered);
      }
      if (partitions.size === 0) this.#lanes.delete(topic);
    }
  }

  /** Sends the first batch of each lane that has one and is idle: one request per broker. */
  #dispatch(lanes: Iterable<PartitionLane>): void {
    const byLeader = new Map<number, PendingBatch[]>();
    const now = this.#clock.monotonic();
    for (const lane of lanes) {
      if (lane.state !== "idle") continue;
      for (let first = lane.queue[0]; first !== undefined; first = lane.queue[0]) {
        if (!first.settled && now >= first.deadline) this.#giveUp(first, first.lastError ?? this.#timedOut(first));
        if (!first.settled) break;
        lane.queue.shift();
      }
      const next = lane.queue[0];
      if (next === undefined) continue;
      const leader = this.#cluster.leader(lane.topic, lane.partition);
      if (leader === undefined) {
        this.#lookForLeader(lane);
        continue;
      }
      if (this.#requestsTo(leader) >= this.#settings.maxInFlightRequests) {
        this.#held.add(lane);
        continue;
      }
      lane.state = "sending";
      const pending = byLeader.get(leader);
      if (pending === undefined) byLeader.set(leader, [next]);
      else pending.push(next);
    }
    for (const [nodeId, pending] of byLeader) {
      const round: Round = { nodeId, pending, broker: undefined };
      this.#rounds.set(round, this.#send(round));
    }
  }

  #requestsTo(nodeId: number): number {
    let count = 0;
    for (const round of this.#rounds.keys()) if (round.nodeId === nodeId) count += 1;
    return count;
  }

  async #send(round: Round): Promise<void> {
    let isSent = false;
    try {
      if (this.#settings.idempotent) await this.#identify(round.pending);
      round.broker = await this.#cluster.broker(round.nodeId);
      const sent = round.pending.filter((pending) => this.#encode(pending));
      if (sent.length === 0) return;
      isSent = true;
      for (const { pending, response } of await exchangeBatches(round.broker, this.#settings, sent, this.#transaction))
        this.#answered(pending, response);
    } catch (error) {
      const mapped = clientError(error, { what: "Producing", brokers: this.#cluster.brokers });
      for (const pending of round.pending) this.#failed(pending, mapped, isSent);
    } finally {
      this.#rounds.delete(round);
      for (const { lane } of round.pending) if (lane.state === "sending") lane.state = "idle";
      const lanes = new Set(round.pending.map(({ lane }) => lane));
      for (const lane of this.#held) lanes.add(lane);
      this.#held.clear();
      this.#dispatch(lanes);
    }
  }

  async #identify(pending: readonly PendingBatch[]): Promise<void> {
    if (this.#transaction !== undefined) {
      const wanted = pending.filter(({ settled }) => !settled).map(({ lane }) => lane);
      if (wanted.length === 0) return;
      const identity = await this.#transaction.enter(wanted);
      for (const lane of wanted) if (lane.identity !== identity) lane.adopt(identity);
      return;
    }
    for (const { lane } of pending) {
      if (lane.identity === undefined) lane.adopt(await this.#identities.get(lane.spent));
    }
  }

  #encode(pending: PendingBatch): boolean {
    if (pending.settled) return false;
    try {
      pending.encoded ??= encodeBatch(pending, this.#settings.idempotent, this.#codec, this.#transaction !== undefined);
      return true;
    } catch (error) {
      this.#failed(pending, clientError(error, describeLane(pending.lane)), false);
      return false;
    }
  }

  #answered(pending: PendingBatch, response: PartitionResponse): void {
    const { errorCode } = response;
    switch (errorCode) {
      case errorCodes.NONE:
        this.#stored(pending, response.baseOffset, response.logAppendTimeMs);
        return;
      case errorCodes.DUPLICATE_SEQUENCE_NUMBER:
        // Stored by an earlier attempt, so long ago that the broker no longer knows where.
        this.#stored(pending, -1, -1);
        return;
      default: {
        const uncertain = uncertainErrors.has(errorCode);
        this.#failed(pending, brokerError(errorCode, describeLane(pending.lane), response.errorMessage), uncertain);
      }
    }
  }

  #stored(pending: PendingBatch, baseOffset: number, logAppendTimestamp: number): void {
    pending.lane.advance(pending.batch.records.length);
    this.#settle(pending, { ok: true, baseOffset, logAppendTimestamp });
  }

  #failed(pending: PendingBatch, error: KafkaError, uncertain: boolean): void {
    if (pending.settled) return;
    const { lane } = pending;
    pending.uncertain ||= uncertain;
    const renumber = this.#transaction === undefined && lostNumbers.has(error.kafkaError ?? "") && !pending.uncertain;
    if (renumber) {
      lane.abandonIdentity();
      pending.encoded = undefined;
    }
    const now = this.#clock.monotonic();
    const { retries, idempotent } = this.#settings;
    const isUnknownTooLong = error.code === "KAFKA_UNKNOWN_TOPIC" && now >= pending.sentAtMs + this.#unknownTopicMs;
    // Repeated without a number it might be stored twice.
    const isRisky = pending.uncertain && !idempotent;
    pending.attempts += 1;
    const isSpent = pending.attempts > retries;
    if ((!error.retryable && !renumber) || isRisky || isSpent || now >= pending.deadline || isUnknownTooLong || this.#closed) {
      this.#giveUp(pending, error);
      return;
    }
    pending.lastError = error;
    this.#logger.debug("producing failed, trying again", { topic: lane.topic, partition: lane.partition, error: error.message });
    this.#lookForLeader(lane, error);
  }

  #giveUp(pending: PendingBatch, error: KafkaError): void {
    if (pending.uncertain) pending.lane.abandonIdentity();
    // A request that was not answered knows nothing of the batches in it.
    const told = error.code === "KAFKA_TIMED_OUT" && error.topic === undefined ? this.#timedOut(pending) : error;
    this.#settle(pending, { ok: false, error: this.#transaction?.failed(told) ?? told });
  }

  #settle(pending: PendingBatch, outcome: ProduceOutcome): void {
    if (pending.settled) return;
    pending.settled = true;
    this.#unsettled.delete(pending);
    pending.settle(outcome);
  }

  #lookForLeader(lane: PartitionLane, error?: KafkaError): void {
    lane.state = "waiting";
    const { retryBackoffMs, retryBackoffMaxMs } = this.#settings;
    // The end of the transaction before takes a few milliseconds; the leader is the right one.
    const isBusy = error?.kafkaError === "CONCURRENT_TRANSACTIONS";
    // One that has not been asked for in a long time is looked for at once.
    const isForgotten = lane.failures === 0 && this.#cluster.topic(lane.topic) === undefined;
    const pauseMs = isForgotten ? 0 : Math.min(retryBackoffMaxMs, (isBusy ? busyPauseMs : retryBackoffMs) * 2 ** lane.failures);
    lane.failures += 1;
    const again = async (): Promise<void> => {
      try {
        if (!isBusy) await this.#cluster.refresh([lane.topic]);
      } catch (error) {
        this.#logger.debug("asking for leaders failed", { error: clientError(error, { what: "Asking for leaders" }).message });
      }
      lane.state = "idle";
      this.#dispatch([lane]);
    };
    const cancel = this.#clock.schedule(pauseMs, () => {
      this.#pauses.delete(cancel);
      void again();
    });
    this.#pauses.add(cancel);
  }

  #scheduleSweep(): void {
    if (this.#sweep !== undefined || this.#unsettled.size === 0) return;
    const pauseMs = Math.max(shortestSweepMs, Math.min(longestSweepMs, this.#settings.deliveryTimeoutMs / 10));
    this.#sweep = this.#clock.schedule(pauseMs, () => {
      this.#sweep = undefined;
      this.#giveUpLate();
      this.#scheduleSweep();
    });
  }

  /** Settles what is past its deadline, and gives up the connections that did not answer in time. */
  #giveUpLate(): void {
    const now = this.#clock.monotonic();
    for (const pending of this.#unsettled) {
      if (now < pending.deadline) continue;
      const isUnderWay = pending.lane.state === "sending" && pending.lane.queue[0] === pending;
      pending.uncertain ||= isUnderWay;
      this.#giveUp(pending, isUnderWay ? this.#timedOut(pending) : (pending.lastError ?? this.#timedOut(pending)));
    }
    for (const { broker, pending } of this.#rounds.keys()) {
      if (broker === undefined || pending.some(({ settled }) => !settled)) continue;
      broker.drop(0);
    }
  }

  #timedOut({ lane, uncertain }: PendingBatch): KafkaError {
    const { topic, partition } = lane;
    const fate = uncertain ? "whether the broker stored it is unknown" : "it was not stored";
    return new KafkaError({
      code: "KAFKA_TIMED_OUT",
      retryable: true,
      message: `${describeLane(lane).what} was not acknowledged within ${this.#settings.deliveryTimeoutMs} ms (${this.#cluster.brokers}); ${fate}.`,
      topic,
      partition,
    });
  }

  /** Settles everything that has no outcome yet. Resolves when no request is under way any more: true if there was one. */
  async abandon(error: KafkaError): Promise<boolean> {
    for (const pending of this.#unsettled) this.#settle(pending, { ok: false, error });
    const underWay = [...this.#rounds.values()];
    await Promise.all(underWay);
    return underWay.length > 0;
  }

  async partitionCount(topic: string, options: { readonly refresh?: boolean } = {}): Promise<number> {
    const timeoutMs = Math.min(this.#settings.requestTimeoutMs, this.#unknownTopicMs);
    return await countPartitions({ cluster: this.#cluster, clock: this.#clock, timeoutMs, topic, refresh: options.refresh === true });
  }

  async partitionsFor(topic: string): Promise<TopicDescription["partitions"]> {
    await this.partitionCount(topic, { refresh: true });
    return describePartitions(this.#cluster.topic(topic)?.partitions ?? []);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#sweep?.();
    for (const cancel of this.#pauses) cancel();
    for (const pending of this.#unsettled) this.#settle(pending, { ok: false, error: closedError() });
    this.#cluster.close();
  }
}

function closedError(): KafkaError {
  return new KafkaError({
    code: "KAFKA_DISCONNECTED",
    message: "The producer was closed before the broker acknowledged; what was sent may be stored.",
  });
}
