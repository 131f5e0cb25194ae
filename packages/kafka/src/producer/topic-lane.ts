import { murmur2 } from "@millrace/protocol";
import type { AnyTopic } from "@millrace/topics";
import type { ProduceRecord } from "../driver/driver-producer.ts";
import { KafkaError } from "../kafka-error.ts";
import type { MessagePlace } from "./message-batch.ts";
import { PartitionQueue } from "./partition-queue.ts";
import type { ProducerOptions } from "./producer-options.ts";

/** A message that could not be appended at once: its topic is unknown yet, its schema is being fetched, the buffer is full, or others wait before it. */
export interface WaitingMessage {
  readonly partition: number | undefined;
  /** When it gives up, on the clock's monotonic time. */
  readonly deadlineMs: number;
  readonly record: ProduceRecord | Promise<ProduceRecord>;
  readonly placed: Promise<MessagePlace>;
  readonly resolve: (place: MessagePlace) => void;
  readonly reject: (error: unknown) => void;
}

/** What a producer knows about one topic: its partitions, their queues, and the line of messages that wait for a place. */
export class TopicLane {
  readonly topic: string;
  /** 0: not known yet. */
  partitionCount = 0;
  /** When the count was asked for, on the clock's monotonic time. */
  countedAtMs = 0;
  /** When its last batch began, on the clock's monotonic time. */
  usedAtMs: number;
  maxMessageBytes: number;
  batchBytes: number;
  readonly line: WaitingMessage[] = [];
  draining = false;
  readonly #queues: (PartitionQueue | undefined)[] = [];
  #partitioner: NonNullable<ProducerOptions["partitioner"]>;
  #next: number;

  constructor(
    topic: string,
    settings: {
      readonly maxMessageBytes: number;
      readonly batchBytes: number;
      readonly partitioner: NonNullable<ProducerOptions["partitioner"]>;
      /** Where the partitions of messages without a key begin, in [0, 1). */
      readonly start: number;
      /** On the clock's monotonic time. */
      readonly now: number;
    },
  ) {
    this.topic = topic;
    this.maxMessageBytes = settings.maxMessageBytes;
    this.batchBytes = settings.batchBytes;
    this.usedAtMs = settings.now;
    this.#partitioner = settings.partitioner;
    this.#next = Math.floor(settings.start * 2 ** 31);
  }

  /** Whether a message may be appended now without overtaking one that waits. */
  get isOpen(): boolean {
    return this.partitionCount > 0 && this.line.length === 0;
  }

  /** Whether no message of it waits or is under way. */
  get isEmpty(): boolean {
    return (
      this.line.length === 0 && !this.draining && this.#queues.every((queue) => queue === undefined || (queue.isEmpty && !queue.inFlight))
    );
  }

  /** Applies what the topic itself declares: how it is partitioned, and its limit (`max.message.bytes` counts a whole batch). */
  declared({ maxMessageBytes: maxBatchBytes, partitioner }: Pick<AnyTopic, "maxMessageBytes" | "partitioner">): void {
    if (partitioner !== undefined) this.#partitioner = partitioner;
    if (maxBatchBytes === undefined) return;
    if (maxBatchBytes < this.maxMessageBytes) this.maxMessageBytes = maxBatchBytes;
    if (maxBatchBytes < this.batchBytes) this.batchBytes = maxBatchBytes;
  }

  /** The topic has refused a batch of this size: later ones are smaller. */
  refused(batchBytes: number): void {
    this.batchBytes = Math.min(this.batchBytes, Math.ceil(batchBytes / 2));
  }

  queue(partition: number): PartitionQueue {
    let queue = this.#queues[partition];
    if (queue === undefined) {
      queue = new PartitionQueue(this.topic, partition);
      this.#queues[partition] = queue;
    }
    return queue;
  }

  /** False when the partition asked for is beyond those known: there may be more by now. */
  mayHave(partition: number | undefined): boolean {
    return partition === undefined || partition < this.partitionCount;
  }

  /**
   * The partition of a message; the one it names wins.
   * @throws KafkaError (`KAFKA_INVALID_PARTITION`)
   */
  choose(key: Buffer | null, named: number | undefined): number {
    const count = this.partitionCount;
    if (named !== undefined) return this.#checked(named);
    if (typeof this.#partitioner === "function") return this.#checked(this.#partitioner({ topic: this.topic, key }, count));
    if (this.#partitioner === "round-robin") return this.#next++ % count;
    return key === null || this.#partitioner === "sticky" ? this.#next % count : (murmur2(key) & 0x7fffffff) % count;
  }

  /** A batch of this partition is complete: messages without a key go elsewhere from now on. */
  batchComplete(partition: number): void {
    const sticks = this.#partitioner === "java" || this.#partitioner === "sticky";
    if (sticks && this.#next % this.partitionCount === partition) this.#next++;
  }

  #checked(partition: number): number {
    if (Number.isInteger(partition) && partition >= 0 && partition < this.partitionCount) return partition;
    throw new KafkaError({
      code: "KAFKA_INVALID_PARTITION",
      message: `topic "${this.topic}" has no partition ${partition}: it has ${this.partitionCount}, numbered from 0`,
      topic: this.topic,
      partition,
    });
  }
}
