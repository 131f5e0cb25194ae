import { exponential, type RetryOptions, retry } from "@millrace/core";
import type { ClientEvent } from "../client-event.ts";
import type { CommittedOffset, DriverConsumer, GroupMembership } from "../driver/driver-consumer.ts";
import { KafkaError } from "../kafka-error.ts";
import type { TopicPartition } from "../record.ts";
import type { ConsumerOptions } from "./consumer-options.ts";
import { decideStart, type LogRange } from "./decide-start.ts";
import { HeldPartition, partitionKey } from "./held-partition.ts";

/** What is needed to find out where partitions start. */
export interface StarterContext {
  /** null: there is none, and nothing is stored. */
  readonly group: string | null;
  readonly reset: NonNullable<ConsumerOptions["reset"]>;
  readonly retrying: RetryOptions;
  readonly publish: (event: ClientEvent) => void;
}

const asking = exponential({ attempts: 6, initialMs: 100, maxMs: 2_000 });

/** Finds out where reading starts: from the group's offsets, the log's range and the reset policy. */
export class PartitionStarter {
  readonly #context: StarterContext;

  constructor(context: StarterContext) {
    this.#context = context;
  }

  /**
   * The partitions, placed at their starts.
   * @throws KafkaError (`NO_OFFSET`) under the policy `none`
   */
  async start(driver: DriverConsumer, membership: GroupMembership, partitions: readonly TopicPartition[]): Promise<HeldPartition[]> {
    if (partitions.length === 0) return [];
    const [offsets, logs] = await Promise.all([this.#stored(driver, partitions), this.#logs(driver, partitions)]);
    const stored = new Map(offsets.map((offset) => [partitionKey(offset), offset]));
    const waiting = await this.#behindTransactions(driver, offsets, logs, partitions);
    return partitions.map((partition, index) => {
      const found = stored.get(partitionKey(partition));
      const committed = found === undefined || found.offset < 0 ? null : { offset: found.offset, metadata: found.metadata };
      return new HeldPartition({
        partition,
        membership,
        start: waiting.get(partitionKey(partition)) ?? this.#decide(partition, committed?.offset ?? null, logs[index]!),
        committed,
      });
    });
  }

  /** Stored offsets that lie in the log, but behind an open transaction: what is read next comes after it, so they stay. */
  async #behindTransactions(
    driver: DriverConsumer,
    stored: readonly CommittedOffset[],
    logs: readonly LogRange[],
    partitions: readonly TopicPartition[],
  ): Promise<ReadonlyMap<string, number>> {
    const readable = new Map(partitions.map((partition, index) => [partitionKey(partition), logs[index]!.latest]));
    const beyond = stored.filter((place) => place.offset > (readable.get(partitionKey(place)) ?? Number.POSITIVE_INFINITY));
    if (beyond.length === 0) return new Map();
    const written = await this.#ask(() =>
      driver.offsets(
        beyond.map(({ topic, partition }) => ({ topic, partition })),
        "latest",
        "read_uncommitted",
      ),
    );
    const ends = new Map(written.map((end) => [partitionKey(end), end.offset]));
    const within = beyond.filter((place) => place.offset <= (ends.get(partitionKey(place)) ?? -1));
    return new Map(within.map((place) => [partitionKey(place), place.offset]));
  }

  async #stored(driver: DriverConsumer, partitions: readonly TopicPartition[]): Promise<readonly CommittedOffset[]> {
    return this.#context.group === null ? [] : await this.#ask(() => driver.committed(partitions));
  }

  /**
   * Where to go on when a position lies outside the log.
   * @throws KafkaError (`NO_OFFSET`) under the policy `none`
   */
  async restart(driver: DriverConsumer, partition: TopicPartition, position: number): Promise<number> {
    const [log] = await this.#logs(driver, [partition]);
    return this.#decide(partition, position, log!);
  }

  /** The offset that a word or a time stands for. */
  async find(driver: DriverConsumer, partition: TopicPartition, at: "beginning" | "end" | { readonly timestamp: number }): Promise<number> {
    const ask = async (where: "earliest" | "latest" | number): Promise<number> => {
      const [found] = await this.#ask(() => driver.offsets([partition], where));
      return found?.offset ?? -1;
    };
    if (at === "beginning") return await ask("earliest");
    const offset = at === "end" ? -1 : await ask(at.timestamp);
    // Nothing is that young: the end.
    return offset < 0 ? await ask("latest") : offset;
  }

  #decide(partition: TopicPartition, position: number | null, log: LogRange): number {
    const { group, reset, publish } = this.#context;
    const decision = decideStart(position, log, reset);
    if (decision.lost !== null) {
      publish({ type: "records-lost", group, topic: partition.topic, partition: partition.partition, ...decision.lost });
    }
    if (decision.start !== null) return decision.start;
    throw new KafkaError({
      code: "NO_OFFSET",
      message: `${group === null ? "a consumer without a group" : `group "${group}"`} cannot start reading ${partition.topic}/${partition.partition}: ${decision.why}, and the reset policy is "none"; set the group's offset, or choose "earliest" or "latest"`,
      topic: partition.topic,
      partition: partition.partition,
    });
  }

  async #logs(driver: DriverConsumer, partitions: readonly TopicPartition[]): Promise<LogRange[]> {
    const [first, next] = await Promise.all([
      this.#ask(() => driver.offsets(partitions, "earliest")),
      this.#ask(() => driver.offsets(partitions, "latest")),
    ]);
    const earliest = new Map(first.map((offset) => [partitionKey(offset), offset.offset]));
    const latest = new Map(next.map((offset) => [partitionKey(offset), offset.offset]));
    return partitions.map((partition) => {
      const key = partitionKey(partition);
      const range = { earliest: earliest.get(key), latest: latest.get(key) };
      if (range.earliest !== undefined && range.latest !== undefined) return range as LogRange;
      throw new KafkaError({
        code: "KAFKA_CLIENT_ERROR",
        message: `the driver gave no offsets for ${partition.topic}/${partition.partition}`,
        topic: partition.topic,
        partition: partition.partition,
      });
    });
  }

  async #ask<T>(question: () => Promise<T>): Promise<T> {
    return await retry(question, asking, { ...this.#context.retrying, shouldRetry: (error) => KafkaError.is(error) && error.retryable });
  }
}
