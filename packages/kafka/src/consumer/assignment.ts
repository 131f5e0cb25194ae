import { type Clock, type Instrumentation, TimedOutError, withDeadline } from "@millrace/core";
import type { ClientEvent } from "../client-event.ts";
import type { DriverConsumer, DriverConsumerHandlers, FetchedBatch, JoinedMembership, StartPosition } from "../driver/driver-consumer.ts";
import { KafkaError } from "../kafka-error.ts";
import type { TopicPartition } from "../record.ts";
import type { ConsumerHandlers, PartitionClaim } from "./consumer.ts";
import type { Consumption } from "./consumption.ts";
import { type HeldPartition, partitionKey } from "./held-partition.ts";
import type { PartitionStarter } from "./partition-starter.ts";
import type { ResolvedConsumerOptions } from "./resolve-consumer-options.ts";

/** Why partitions go. */
export type RevocationReason = "rebalance" | "close" | "lost";

/** What an assignment works with. */
export interface AssignmentContext {
  readonly options: ResolvedConsumerOptions;
  readonly clock: Clock;
  readonly handlers: ConsumerHandlers;
  readonly starter: PartitionStarter;
  readonly consumption: Consumption;
  readonly driver: Promise<DriverConsumer>;
  readonly publish: (event: ClientEvent) => void;
  readonly instrumentation: Instrumentation;
  readonly clientId: string;
  /** Resolves when every commit made so far has been answered. */
  readonly commitsAnswered: () => Promise<void>;
  /** A batch was handled. */
  readonly onHandled: (claim: PartitionClaim, nextOffset: number) => void;
  /** Commits what was handled and is not committed yet. */
  readonly commitHandled: () => Promise<void>;
  readonly onFailure: (error: Error) => void;
}

/** The partitions that a member holds, from what its driver reports. */
export class Assignment implements DriverConsumerHandlers {
  readonly #context: AssignmentContext;
  readonly #held = new Map<string, HeldPartition>();
  #hasFailed = false;
  #membership: JoinedMembership | undefined;
  #change = Promise.withResolvers<void>();
  /** Since when work stands still for a rebalance, on the monotonic clock. */
  #standstill: number | undefined;

  constructor(context: AssignmentContext) {
    this.#context = context;
  }

  get claims(): readonly PartitionClaim[] {
    return [...this.#held.values()].map(({ claim }) => claim);
  }

  /** The last one that was joined, unless it was lost. */
  get membership(): JoinedMembership | undefined {
    return this.#membership;
  }

  find(partition: TopicPartition): HeldPartition | undefined {
    return this.#held.get(partitionKey(partition));
  }

  /** Resolves when the membership or what is held changes; with false when a rebalance must be over. */
  async changed(): Promise<boolean> {
    const { clock, options } = this.#context;
    try {
      await withDeadline(options.rebalanceTimeoutMs, async () => await this.#change.promise, { clock, what: "the rebalance" });
      return true;
    } catch (error) {
      if (!TimedOutError.is(error)) throw error;
      return false;
    }
  }

  #noteChange(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }

  renewed(membership: JoinedMembership): void {
    this.#membership = membership;
    for (const held of this.#held.values()) held.membership = membership;
    this.#noteChange();
  }

  async assigned(membership: JoinedMembership, partitions: readonly TopicPartition[]): Promise<readonly StartPosition[]> {
    const { driver, starter, handlers, publish, options, clock } = this.#context;
    const began = this.#standstill ?? clock.monotonic();
    // What is named although it is held: its old membership ended without a word.
    await this.revoked(partitions, "lost");
    this.renewed(membership);
    try {
      if (partitions.length > 0) await handlers.onClaiming?.(partitions);
      const starting = await starter.start(await driver, membership, partitions);
      for (const held of starting) {
        const { topic, partition, startOffset } = held.claim;
        this.#held.set(partitionKey(held.claim), held);
        publish({ type: "partition-assigned", group: options.group, topic, partition, offset: startOffset });
      }
      await handlers.onAssigned?.(starting.map(({ claim }) => claim));
      this.#countRebalance(began);
      return starting.map(({ claim: { topic, partition }, position }) => ({ topic, partition, offset: position }));
    } catch (error) {
      this.failed(error);
      throw error;
    }
  }

  async revoked(partitions: readonly TopicPartition[], reason: RevocationReason): Promise<void> {
    if (reason === "lost") this.#membership = undefined;
    const leaving = partitions.map((partition) => this.find(partition)).filter((held) => held !== undefined);
    if (leaving.length === 0) return;
    if (reason !== "close") this.#standstill ??= this.#context.clock.monotonic();
    for (const held of leaving) {
      if (reason === "lost") this.#end(held, reason);
      else held.beginLeaving();
    }
    this.#noteChange();
    const { handlers, options, clock, commitHandled, commitsAnswered } = this.#context;
    const settle = async (): Promise<void> => {
      const told = handlers.onRevoked?.(
        leaving.map(({ claim }) => claim),
        reason,
      );
      if (reason === "lost") await told;
      else await Promise.all([told, ...leaving.map(({ running }) => running)]);
    };
    try {
      // The group waits no longer than this: then another member owns the partitions, whatever still runs here.
      await withDeadline(options.rebalanceTimeoutMs, settle, { clock, what: "revocation" });
    } catch (error) {
      if (!TimedOutError.is(error)) this.failed(error);
    }
    if (reason === "lost") return;
    await commitHandled();
    await commitsAnswered();
    for (const held of leaving) this.#end(held, reason);
  }

  async batch(fetched: FetchedBatch): Promise<void> {
    const held = this.find(fetched);
    if (held === undefined) return;
    const { moves } = held;
    while (held.isPaused && held.expects(fetched.fetchOffset, moves)) await held.released();
    if (!held.expects(fetched.fetchOffset, moves) || this.#hasFailed) return;
    held.position = fetched.nextOffset;
    this.#observe(fetched);
    // Never rejects: a failing handler ends the consumer, and the driver is closed, not told.
    held.running = this.#handleInParts(held, fetched).catch((error: unknown) => this.failed(error));
    await held.running;
    held.running = undefined;
  }

  async outOfRange(position: StartPosition): Promise<number> {
    const held = this.find(position);
    if (held === undefined || held.position !== position.offset) return held?.position ?? position.offset;
    try {
      const start = await this.#context.starter.restart(await this.#context.driver, position, position.offset);
      if (held.position === position.offset) held.moveTo(start);
      return held.position;
    } catch (error) {
      this.failed(error);
      throw error;
    }
  }

  answered(request: "heartbeat" | "fetch"): void {
    this.#context.consumption.answered(request);
  }

  failed(thrown: unknown): void {
    this.#hasFailed = true;
    this.#context.onFailure(
      thrown instanceof Error
        ? thrown
        : new KafkaError({ code: "HANDLER_FAILED", message: `a handler failed with ${String(thrown)}`, cause: thrown }),
    );
  }

  #observe({ topic, partition, records, fetchMs: elapsedMs = 0 }: FetchedBatch): void {
    if (records.length === 0) return;
    const { instrumentation, clientId, options } = this.#context;
    const of = { topic, partition, clientId, ...(options.group === null ? {} : { group: options.group }) };
    instrumentation.begin({ name: "poll", ...of, messageCount: records.length, messages: records, elapsedMs })();
  }

  #countRebalance(began: number): void {
    const { instrumentation, clock, options } = this.#context;
    this.#standstill = undefined;
    if (options.group === null) return;
    const of = { group: options.group };
    instrumentation.count("millrace.rebalances", 1, of);
    instrumentation.record?.("millrace.rebalance.duration", (clock.monotonic() - began) / 1_000, of);
  }

  async #handleInParts(held: HeldPartition, fetched: FetchedBatch): Promise<void> {
    const { maxBatchRecords } = this.#context.options;
    const { records, nextOffset } = fetched;
    const { moves } = held;
    if (records.length <= maxBatchRecords) return await this.#handle(held, fetched);
    held.position = records[0]!.offset;
    for (let start = 0; start < records.length; start += maxBatchRecords) {
      const part = records.slice(start, start + maxBatchRecords);
      const next = start + maxBatchRecords < records.length ? part.at(-1)!.offset + 1 : nextOffset;
      while (held.isPaused && held.expects(part[0]!.offset, moves)) await held.released();
      // Moved, or about to go.
      if (!held.expects(part[0]!.offset, moves) || this.#hasFailed) return;
      held.position = next;
      await this.#handle(held, { ...fetched, records: part, nextOffset: next });
    }
  }

  async #handle(held: HeldPartition, { records, nextOffset, highWatermark }: FetchedBatch): Promise<void> {
    const { claim } = held;
    const { topic, partition } = claim;
    const { handlers, consumption, onHandled } = this.#context;
    consumption.delivered(records);
    try {
      const handled = handlers.onBatch({ claim, topic, partition, records, nextOffset, highWatermark });
      if (handled !== undefined) await this.#inTime(handled, claim);
    } catch (error) {
      consumption.failed(records);
      throw error;
    }
    consumption.handled(records);
    onHandled(claim, nextOffset);
  }

  async #inTime(handled: Promise<void>, { topic, partition }: PartitionClaim): Promise<void> {
    const { clock, options } = this.#context;
    const { promise: hung, reject } = Promise.withResolvers<never>();
    const cancel = clock.schedule(options.maxProcessingMs, () => {
      reject(
        new KafkaError({
          code: "PROCESSING_TIMED_OUT",
          message: `a batch of ${topic}/${partition} was not handled within maxProcessingMs (${options.maxProcessingMs} ms); handle less at a time, or raise the limit`,
          topic,
          partition,
        }),
      );
    });
    try {
      await Promise.race([handled, hung]);
    } finally {
      cancel();
    }
  }

  #end(held: HeldPartition, reason: RevocationReason): void {
    const { topic, partition } = held.claim;
    const key = partitionKey(held.claim);
    // It was lost while it was being given back, and may be held anew.
    if (this.#held.get(key) !== held) return;
    this.#held.delete(key);
    held.end();
    this.#context.publish({ type: "partition-revoked", group: this.#context.options.group, topic, partition, reason });
  }
}
