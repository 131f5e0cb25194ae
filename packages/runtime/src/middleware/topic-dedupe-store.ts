import { abortable } from "@millrace/core";
import type { Admin, Consumer, Kafka, Producer } from "@millrace/kafka";
import { bytes } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import type { DedupeStore } from "./dedupe.ts";
import { RememberedIds, type RememberedIdsOptions } from "./remembered-ids.ts";

/** A store that outlives its process and is shared by all that open it. */
export interface TopicDedupeStore extends DedupeStore {
  has(id: string, options: { readonly signal: AbortSignal }): Promise<boolean>;
  add(id: string): Promise<void>;
  /** Idempotent. Close it after the runtime, and before Kafka. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Opens a store on a compacted topic of one partition, and makes the topic when it is missing. Every process reads all of it: what one has remembered is known to
 * the others when they are asked, at the price of one question to the broker for all records that ask at the same time. Resolves when the store has been read.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`), KafkaError
 */
export async function openTopicDedupeStore(
  options: RememberedIdsOptions & {
    /** It stays yours. */
    readonly kafka: Kafka;
    /** Belongs to these stores alone. */
    readonly topic: string;
    readonly replicationFactor?: number | undefined;
  },
): Promise<TopicDedupeStore> {
  const { kafka, topic, replicationFactor, ttlMs = 600_000 } = options;
  const ids = new RememberedIds(options);
  const definition = defineTopic({
    name: topic,
    key: bytes(),
    value: bytes(),
    partitions: 1,
    replicationFactor,
    cleanup: "compact,delete",
    retentionMs: ttlMs,
  });
  const admin = kafka.admin();
  const store = new TopicStore({ topic, ids, admin, consumer: kafka.consumer({ reset: "earliest" }), producer: kafka.producer() });
  try {
    await admin.ensureTopics([definition]);
    await store.open();
  } catch (error) {
    await store.close();
    throw error;
  }
  return store;
}

class TopicStore implements TopicDedupeStore {
  readonly #topic: string;
  readonly #ids: RememberedIds;
  readonly #admin: Admin;
  readonly #consumer: Consumer;
  readonly #producer: Producer;
  /** Everything below it has been read. */
  #position = 0;
  #waiting: { readonly end: number; readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = [];
  #failure: { readonly error: unknown } | undefined;
  /** A question that has not been asked yet: whoever comes now may share its answer. */
  #nextCatchUp: Promise<void> | undefined;
  #lastCatchUp: Promise<void> = Promise.resolve();

  constructor(parts: {
    readonly topic: string;
    readonly ids: RememberedIds;
    readonly admin: Admin;
    readonly consumer: Consumer;
    readonly producer: Producer;
  }) {
    this.#topic = parts.topic;
    this.#ids = parts.ids;
    this.#admin = parts.admin;
    this.#consumer = parts.consumer;
    this.#producer = parts.producer;
  }

  async open(): Promise<void> {
    this.#consumer.stopped.then(
      () => this.#fail(new Error(`the dedupe store on "${this.#topic}" is closed`)),
      (error: unknown) => this.#fail(error),
    );
    await this.#consumer.assign([{ topic: this.#topic, partition: 0 }], {
      onAssigned: ([claim]) => this.#advance(claim?.startOffset ?? 0),
      onBatch: ({ records, nextOffset }) => {
        for (const { key, timestamp } of records) if (key !== null) this.#ids.add(key.toString("utf8"), timestamp);
        this.#advance(nextOffset);
      },
    });
    await this.#catchUp();
  }

  async has(id: string, { signal }: { readonly signal: AbortSignal }): Promise<boolean> {
    if (this.#ids.has(id)) return true;
    await abortable(this.#catchUp(), { signal, what: `reading the dedupe store on "${this.#topic}"` });
    return this.#ids.has(id);
  }

  async add(id: string): Promise<void> {
    const { timestamp } = await this.#producer.sendRaw({
      topic: this.#topic,
      partition: 0,
      key: Buffer.from(id, "utf8"),
      value: Buffer.alloc(0),
    });
    this.#ids.add(id, timestamp);
  }

  async close(): Promise<void> {
    await Promise.all([this.#consumer.close(), this.#producer.close(), this.#admin.close()]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Resolves when everything that the topic held at the time of the call has been read. One question at a time; the next one is for all who wait. */
  #catchUp(): Promise<void> {
    this.#nextCatchUp ??= this.#lastCatchUp
      .catch(() => undefined)
      .then(async () => {
        this.#lastCatchUp = this.#nextCatchUp ?? Promise.resolve();
        this.#nextCatchUp = undefined;
        const [end] = await this.#admin.offsets([{ topic: this.#topic, partition: 0 }], "latest");
        await this.#reach(end?.offset ?? 0);
      });
    return this.#nextCatchUp;
  }

  #reach(end: number): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error);
    if (this.#position >= end) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiting.push({ end, resolve, reject }));
  }

  #advance(position: number): void {
    this.#position = Math.max(this.#position, position);
    const waiting = this.#waiting;
    this.#waiting = waiting.filter(({ end }) => end > this.#position);
    for (const { end, resolve } of waiting) if (end <= this.#position) resolve();
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    for (const { reject } of this.#waiting) reject(error);
    this.#waiting = [];
  }
}
