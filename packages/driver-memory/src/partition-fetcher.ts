import { type CodecName, createCodec } from "@millrace/compression";
import { sleep } from "@millrace/core";
import {
  type DriverConsumerHandlers,
  type DriverConsumerSettings,
  type DriverContext,
  type FetchedBatch,
  KafkaError,
  type KafkaRecord,
  type TopicPartition,
} from "@millrace/kafka";
import { batchesIn, decodeRecordBatch, errorByCode, errorCodes, type ResponseTypes } from "@millrace/protocol";
import { brokerError } from "./broker-error.ts";
import type { EngineClient } from "./engine-client.ts";

const retryDelayMs = 50;
const emptyDelayMs = 5;
// An engine in the process answers within the turn of the event loop: timers, sockets and signals get theirs after so many batches.
const batchesPerTurn = 8;

/** Reads one partition: fetch, hand over, wait for the handler, fetch again. */
export class PartitionFetcher implements TopicPartition {
  readonly topic: string;
  readonly partition: number;
  readonly #client: EngineClient;
  readonly #settings: DriverConsumerSettings;
  readonly #handlers: DriverConsumerHandlers;
  readonly #context: DriverContext;
  #position: number;
  /** Aborts a fetch that waits, and is renewed after a seek. */
  #interrupt = new AbortController();
  #stopped = false;

  constructor(options: {
    readonly client: EngineClient;
    readonly settings: DriverConsumerSettings;
    readonly handlers: DriverConsumerHandlers;
    readonly context: DriverContext;
    readonly start: TopicPartition & { readonly offset: number };
  }) {
    this.topic = options.start.topic;
    this.partition = options.start.partition;
    this.#position = options.start.offset;
    this.#client = options.client;
    this.#settings = options.settings;
    this.#handlers = options.handlers;
    this.#context = options.context;
  }

  seek(offset: number): void {
    this.#position = offset;
    this.#interrupt.abort();
    this.#interrupt = new AbortController();
  }

  /** Nothing is handed over after this; a handler that runs is not waited for. */
  stop(): void {
    this.#stopped = true;
    this.#interrupt.abort();
  }

  /**
   * Runs until stopped.
   * @throws what a handler rejects with, KafkaError
   */
  async run(): Promise<void> {
    let batches = 0;
    while (!this.#stopped) {
      const position = this.#position;
      const fetched = await this.#fetch(position);
      if (this.#stopped) return;
      if (fetched === undefined || this.#position !== position) continue;
      if (fetched === "out-of-range") {
        const offset = await this.#handlers.outOfRange({ topic: this.topic, partition: this.partition, offset: position });
        if (this.#position === position) this.#position = offset;
        // Asked to stay, for instance by a consumer that is letting go of the partition: the next answer would come at once, over and over.
        if (this.#position === position) await this.#pause(retryDelayMs);
        continue;
      }
      this.#position = fetched.nextOffset;
      await this.#handlers.batch(fetched);
      if (++batches % batchesPerTurn === 0) await this.#pause(0);
    }
  }

  /** Undefined when there was nothing, or the wait was interrupted. */
  async #fetch(position: number): Promise<FetchedBatch | "out-of-range" | undefined> {
    const { signal } = this.#interrupt;
    const interrupted = Promise.withResolvers<undefined>();
    const onAbort = (): void => interrupted.resolve(undefined);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      const answered = await Promise.race([this.#request(position), interrupted.promise]);
      if (answered === undefined) return undefined;
      if (answered === "disconnected") return await this.#pause(retryDelayMs);
      const part = answered.responses
        .find(({ topic }) => topic === this.topic)
        ?.partitions.find(({ partitionIndex }) => partitionIndex === this.partition);
      if (part === undefined) return await this.#pause(retryDelayMs);
      if (part.errorCode === errorCodes.NONE) {
        // With `fetchMaxWaitMs: 0` an empty answer comes at once, over and over.
        return this.#read(position, part.records, part.highWatermark) ?? (await this.#pause(emptyDelayMs));
      }
      if (part.errorCode === errorCodes.OFFSET_OUT_OF_RANGE) return "out-of-range";
      if (!errorByCode(part.errorCode).retriable) throw brokerError(part.errorCode, "fetching", this);
      return await this.#pause(retryDelayMs);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  async #pause(delayMs: number): Promise<undefined> {
    // An interrupted pause is over.
    await sleep(delayMs, { clock: this.#context.clock, signal: this.#interrupt.signal }).catch(() => undefined);
  }

  #request(position: number): Promise<ResponseTypes["Fetch"] | "disconnected"> {
    const { fetchMaxWaitMs, fetchMinBytes, fetchMaxBytes, maxPartitionFetchBytes, isolation } = this.#settings;
    const answer = this.#client.call("Fetch", {
      maxWaitMs: fetchMaxWaitMs,
      minBytes: fetchMinBytes,
      maxBytes: fetchMaxBytes,
      isolationLevel: isolation === "read_committed" ? 1 : 0,
      sessionId: 0,
      sessionEpoch: -1,
      topics: [
        {
          topic: this.topic,
          partitions: [
            {
              partition: this.partition,
              currentLeaderEpoch: -1,
              fetchOffset: position,
              logStartOffset: -1,
              partitionMaxBytes: maxPartitionFetchBytes,
            },
          ],
        },
      ],
    });
    return answer.catch((error: unknown) => {
      if (KafkaError.is(error) && error.retryable) return "disconnected";
      throw error;
    });
  }

  #read(position: number, bytes: Buffer | null, highWatermark: number): FetchedBatch | undefined {
    if (bytes === null || bytes.length === 0) return undefined;
    const { topic, partition } = this;
    const records: KafkaRecord[] = [];
    let nextOffset = position;
    for (const header of batchesIn(bytes)) {
      nextOffset = Math.max(nextOffset, header.baseOffset + header.lastOffsetDelta + 1);
      if (header.isControl) continue;
      for (const { offset, timestamp, key, value, headers } of decodeRecordBatch(bytes, header.at, { decompress }).records) {
        // A fetch from the middle of a batch brings the whole batch.
        if (offset >= position) records.push({ topic, partition, offset, timestamp, key, value, headers });
      }
    }
    return nextOffset === position ? undefined : { topic, partition, fetchOffset: position, records, nextOffset, highWatermark };
  }
}

function decompress(data: Buffer, compression: CodecName): Buffer {
  return createCodec(compression).decompress(data);
}
