import {
  type Cancel,
  type Clock,
  ClosedError,
  type Instrumentation,
  InvalidOptionsError,
  type Logger,
  type Random,
  TimedOutError,
  withDeadline,
} from "@millrace/core";
import type { SerdeHeader } from "@millrace/serdes";
import type { AnyTopic, Topic } from "@millrace/topics";
import type { TopicDescription } from "../driver/admin-topics.ts";
import type { DriverProducer, ProduceOutcome, ProduceRecord } from "../driver/driver-producer.ts";
import type { TopicCodec } from "../kafka.ts";
import { KafkaError } from "../kafka-error.ts";
import type { RawMessage, RecordMetadata } from "../record.ts";
import type { SharedResource } from "../shared-resource.ts";
import { BatchDispatcher } from "./batch-dispatcher.ts";
import { checkDestination } from "./check-destination.ts";
import { ContextHeaders } from "./context-headers.ts";
import { type MessageBatch, type MessagePlace, metadataOf } from "./message-batch.ts";
import { normaliseHeaders } from "./normalise-headers.ts";
import { PartitionCounts } from "./partition-counts.ts";
import type { PartitionQueue } from "./partition-queue.ts";
import type { OutgoingMessage, Producer, ProducerStatistics, SendOptions } from "./producer.ts";
import { batchOverheadBytes, recordSize } from "./record-size.ts";
import type { ResolvedProducerOptions } from "./resolve-producer-options.ts";
import { SendBuffer } from "./send-buffer.ts";
import { tellDelivery } from "./tell-delivery.ts";
import { TopicLane } from "./topic-lane.ts";

/** What a producer works with. */
export interface ProducerContext {
  readonly options: ResolvedProducerOptions;
  readonly driver: SharedResource<DriverProducer>;
  readonly codec: <Key, Value>(topic: Topic<Key, Value>) => TopicCodec<Key, Value>;
  readonly clientId: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly instrumentation: Instrumentation;
  /** Called once, when the producer has closed. */
  readonly onClosed: (producer: Producer) => void;
}

/** Topics that nothing was sent to in so long are forgotten when others come. Kafka: `metadata.max.idle.ms`. */
const longestIdleMs = 300_000;

/**
 * The producer: encodes, chooses the partition, appends to the partition's growing batch. A message that can be appended at once never waits for a
 * promise; one that cannot stands in its topic's line, and then so do those after it.
 */
export class BatchingProducer implements Producer {
  readonly #context: ProducerContext;
  readonly #lanes = new Map<string, TopicLane>();
  #lookedForIdleMs: number;
  readonly #unsettled = new Set<MessageBatch>();
  readonly #buffer: SendBuffer;
  readonly #counts: PartitionCounts;
  readonly #dispatcher: BatchDispatcher;
  readonly #contextHeaders: ContextHeaders;
  readonly #endObserving: Cancel | undefined;
  #closing: Promise<void> | undefined;
  #stored = 0;
  #failed = 0;
  #batches = 0;
  #storedBytes = 0;

  constructor(context: ProducerContext) {
    const { clock, options, clientId, instrumentation } = context;
    this.#context = context;
    this.#lookedForIdleMs = clock.monotonic();
    this.#buffer = new SendBuffer(options.bufferBytes, options.maxBlockMs, clock);
    this.#contextHeaders = new ContextHeaders(instrumentation);
    this.#endObserving = instrumentation.observe?.("millrace.send.buffered", () => this.#buffer.bytes);
    this.#dispatcher = new BatchDispatcher({
      clock,
      clientId,
      instrumentation,
      lingerMs: options.lingerMs,
      onTaken: (queue) => this.#lane(queue.topic).batchComplete(queue.partition),
      onAnswered: (queue, batch, outcome) => this.#answered(queue, batch, outcome),
    });
    this.#counts = new PartitionCounts(context.driver, clock, options.maxBlockMs, (driver) => this.#dispatcher.connected(driver));
  }

  send<Key, Value>(topic: Topic<Key, Value>, message: OutgoingMessage<Key, Value>, options?: SendOptions): Promise<RecordMetadata> {
    let result: Promise<RecordMetadata>;
    try {
      result = resultOf(this.#offer(this.#laneOf(topic), topic, message));
    } catch (error) {
      result = Promise.reject(error);
    }
    return tellDelivery(result, options?.onDelivery, this.#context.logger);
  }

  async sendBatch<Key, Value>(
    topic: Topic<Key, Value>,
    messages: readonly OutgoingMessage<Key, Value>[],
  ): Promise<readonly RecordMetadata[]> {
    const lane = this.#laneOf(topic);
    const places: (MessagePlace | Promise<MessagePlace>)[] = [];
    let waits = false;
    for (const message of messages) {
      const place = this.#offer(lane, topic, message);
      places.push(place);
      if (!("then" in place)) continue;
      waits = true;
      // If a later message is refused at once, nobody listens to this one any more.
      place.catch(() => undefined);
    }
    const placed = waits ? await Promise.all(places.map(async (place) => await place)) : (places as MessagePlace[]);
    const results: RecordMetadata[] = [];
    for (const { batch, index } of placed) {
      const metadata = metadataOf(batch, index, await batch.result);
      results.push("then" in metadata ? await metadata : metadata);
    }
    return results;
  }

  sendRaw(message: RawMessage, options?: SendOptions): Promise<RecordMetadata> {
    let result: Promise<RecordMetadata>;
    try {
      this.#assertOpen();
      const record: ProduceRecord = {
        timestamp: this.#timestamp(message.timestamp),
        key: message.key,
        value: message.value,
        headers: this.#contextHeaders.addTo(message.topic, normaliseHeaders(message.headers), message.value === null ? null : undefined),
      };
      if (!isBytes(record.key) || !isBytes(record.value)) {
        throw new InvalidOptionsError("sendRaw", ["key and value must be Buffers or null; send writes other values"]);
      }
      result = resultOf(this.#place(this.#lane(message.topic), record, message.partition));
    } catch (error) {
      result = Promise.reject(error);
    }
    return tellDelivery(result, options?.onDelivery, this.#context.logger);
  }

  async partitionsFor(topic: string | AnyTopic): Promise<TopicDescription["partitions"]> {
    this.#assertOpen();
    return await this.#counts.describe(typeof topic === "string" ? topic : topic.name);
  }

  async flush(options: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {}): Promise<number> {
    const pending: Promise<unknown>[] = [...this.#unsettled].map((batch) => batch.answered());
    for (const lane of this.#lanes.values()) for (const { placed } of lane.line) pending.push(placed.then(({ batch }) => batch.answered()));
    if (pending.length === 0) return 0;
    let unsettled = this.#unsettledMessages();
    const settled = async (): Promise<void> => {
      await Promise.allSettled(pending);
      unsettled = 0;
    };
    this.#dispatcher.beginFlush();
    try {
      const { timeoutMs = 30_000, signal } = options;
      await withDeadline(timeoutMs, settled, { signal, clock: this.#context.clock, what: "the producer's flush" });
    } catch (error) {
      if (!TimedOutError.is(error)) throw error;
      unsettled = Math.min(unsettled, this.#unsettledMessages());
    } finally {
      this.#dispatcher.endFlush();
    }
    return unsettled;
  }

  statistics(): ProducerStatistics {
    const unsettled = this.#unsettledMessages();
    return {
      sent: this.#stored + this.#failed + unsettled,
      stored: this.#stored,
      failed: this.#failed,
      unsettled,
      batches: this.#batches,
      storedBytes: this.#storedBytes,
      bufferedBytes: this.#buffer.bytes,
    };
  }

  close(options: { readonly timeoutMs?: number } = {}): Promise<void> {
    this.#closing ??= this.#close(options.timeoutMs ?? 30_000);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(timeoutMs: number): Promise<void> {
    if ((await this.flush({ timeoutMs })) > 0) {
      const message = `the producer was closed and the message was not acknowledged within ${timeoutMs} ms; whether the broker stored it is unknown`;
      this.#giveUp(new KafkaError({ code: "KAFKA_TIMED_OUT", message }));
    }
    this.#dispatcher.stop();
    this.#endObserving?.();
    await this.#counts.close();
    this.#context.onClosed(this);
  }

  /** Rejects whatever has not settled, and sends nothing any more. */
  abandon(error: KafkaError): void {
    this.#dispatcher.stop();
    this.#endObserving?.();
    this.#giveUp(error);
  }

  #giveUp(error: KafkaError): void {
    for (const lane of this.#lanes.values()) {
      for (const waiting of lane.line.splice(0)) {
        this.#failed++;
        waiting.reject(error);
      }
    }
    for (const batch of this.#unsettled) {
      this.#failed += batch.records.length;
      batch.settle({ ok: false, error });
    }
    this.#unsettled.clear();
  }

  #unsettledMessages(): number {
    let count = 0;
    for (const batch of this.#unsettled) count += batch.records.length;
    for (const lane of this.#lanes.values()) count += lane.line.length;
    return count;
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new ClosedError("the producer");
  }

  #laneOf<Key, Value>(topic: Topic<Key, Value>): TopicLane {
    this.#assertOpen();
    const lane = this.#lane(topic.name);
    lane.declared(topic);
    return lane;
  }

  /** Checked here, because one bad message would fail the whole batch that it travels in. */
  #timestamp(given: number | undefined): number {
    if (given === undefined) return Math.trunc(this.#context.clock.now());
    if (Number.isSafeInteger(given) && given >= 0) return given;
    throw new InvalidOptionsError("message", [`timestamp must be whole milliseconds since the epoch, not ${given}`]);
  }

  #lane(topic: string): TopicLane {
    let lane = this.#lanes.get(topic);
    if (lane === undefined) {
      checkDestination(topic);
      const now = this.#context.clock.monotonic();
      this.#forgetIdle(now);
      lane = new TopicLane(topic, { ...this.#context.options, start: this.#context.random(), now });
      this.#lanes.set(topic, lane);
    }
    return lane;
  }

  /** A producer that lives long may meet many topics. */
  #forgetIdle(now: number): void {
    if (now - this.#lookedForIdleMs < longestIdleMs) return;
    this.#lookedForIdleMs = now;
    for (const [topic, lane] of this.#lanes) if (lane.isEmpty && now - lane.usedAtMs >= longestIdleMs) this.#lanes.delete(topic);
  }

  #offer<Key, Value>(
    lane: TopicLane,
    topic: Topic<Key, Value>,
    message: OutgoingMessage<Key, Value>,
  ): MessagePlace | Promise<MessagePlace> {
    const codec = this.#context.codec(topic);
    const { value, partition, key = null } = message;
    const timestamp = this.#timestamp(message.timestamp);
    const headers = this.#contextHeaders.addTo(lane.topic, normaliseHeaders(message.headers), value === null ? null : undefined);
    // Formats may change a message's headers, which normaliseHeaders has copied; the few that live partly in them get a list in any case.
    let own: SerdeHeader[] | undefined;
    if (headers.length > 0) own = headers as SerdeHeader[];
    else if (codec.key.writesHeaders === true || codec.value.writesHeaders === true) own = [];
    const encode = (): ProduceRecord => ({
      timestamp,
      key: key === null ? null : codec.key.serialize(key, own),
      value: value === null ? null : codec.value.serialize(value, own),
      headers: own ?? headers,
    });
    const keyReady = key === null ? undefined : codec.key.prepareToSerialize(key, own);
    const valueReady = value === null ? undefined : codec.value.prepareToSerialize(value, own);
    if (keyReady === undefined && valueReady === undefined) return this.#place(lane, encode(), partition);
    const encoded = Promise.all([keyReady, valueReady]).then(encode);
    encoded.catch(() => undefined);
    return this.#stand(lane, encoded, partition);
  }

  /** Appends at once if nothing has to be waited for, else lets the message stand in line. */
  #place(lane: TopicLane, record: ProduceRecord, partition: number | undefined): MessagePlace | Promise<MessagePlace> {
    const bytes = checkedSize(lane, record);
    const isReady = lane.isOpen && !this.#buffer.isContested && this.#buffer.hasRoom(bytes) && lane.mayHave(partition);
    return isReady ? this.#append(lane, record, bytes, partition) : this.#stand(lane, record, partition);
  }

  #append(lane: TopicLane, record: ProduceRecord, bytes: number, explicitPartition: number | undefined): MessagePlace {
    const queue = lane.queue(lane.choose(record.key, explicitPartition));
    const batch = queue.append(record, bytes, lane.batchBytes);
    this.#buffer.take(bytes);
    if (batch.records.length === 1) {
      batch.appendedAtMs = this.#context.clock.monotonic();
      lane.usedAtMs = batch.appendedAtMs;
      this.#unsettled.add(batch);
      if (queue.hasFullBatch) lane.batchComplete(queue.partition);
    }
    this.#dispatcher.offer(queue);
    return { batch, index: batch.records.length - 1 };
  }

  #stand(lane: TopicLane, record: ProduceRecord | Promise<ProduceRecord>, partition: number | undefined): Promise<MessagePlace> {
    const { promise: placed, resolve, reject } = Promise.withResolvers<MessagePlace>();
    const deadlineMs = this.#context.clock.monotonic() + this.#context.options.maxBlockMs;
    lane.line.push({ record, partition, deadlineMs, placed, resolve, reject });
    if (!lane.draining) void this.#drain(lane);
    return placed;
  }

  /** Gives the waiting messages of a topic their places one after another, so that none overtakes another. */
  async #drain(lane: TopicLane): Promise<void> {
    lane.draining = true;
    for (let head = lane.line[0]; head !== undefined; head = lane.line[0]) {
      const { partition, deadlineMs } = head;
      try {
        if (lane.partitionCount === 0) await this.#counts.count(lane, deadlineMs);
      } catch (error) {
        // All of them wait for the same answer.
        for (const waiting of lane.line.splice(0)) {
          this.#failed++;
          waiting.reject(error);
        }
        break;
      }
      try {
        const record = await head.record;
        const bytes = checkedSize(lane, record);
        if (!lane.mayHave(partition)) await this.#counts.count(lane, deadlineMs, { refresh: true });
        while (!this.#buffer.hasRoom(bytes)) await this.#buffer.room(lane.topic, bytes, deadlineMs);
        if (lane.line[0] === head) head.resolve(this.#append(lane, record, bytes, partition));
      } catch (error) {
        // Whoever closed the producer meanwhile has counted it already.
        if (lane.line[0] === head) this.#failed++;
        head.reject(error);
      }
      if (lane.line[0] === head) lane.line.shift();
    }
    lane.draining = false;
  }

  #answered(queue: PartitionQueue, batch: MessageBatch, outcome: ProduceOutcome): void {
    const lane = this.#lane(queue.topic);
    const code = !outcome.ok && KafkaError.is(outcome.error) ? outcome.error.code : undefined;
    // An answer that comes after the producer has given up on it.
    if (!this.#unsettled.delete(batch)) return;
    if (code === "KAFKA_MESSAGE_TOO_LARGE" && batch.records.length > 1) {
      // Each message may be small enough by itself: the topic's limit counts whole batches.
      const halves = batch.split();
      for (const half of halves) this.#unsettled.add(half);
      lane.refused(batch.bytes);
      queue.putBack(halves);
      return;
    }
    this.#batches++;
    if (outcome.ok) {
      this.#stored += batch.records.length;
      this.#storedBytes += batch.bytes;
    } else this.#failed += batch.records.length;
    batch.settle(outcome);
    this.#buffer.give(batch.bytes - batchOverheadBytes);
    if (code === "KAFKA_UNKNOWN_TOPIC") lane.partitionCount = 0;
    else this.#counts.refreshWhenOld(lane);
  }
}

function isBytes(part: unknown): boolean {
  return part === null || Buffer.isBuffer(part);
}

function resultOf(place: MessagePlace | Promise<MessagePlace>): Promise<RecordMetadata> {
  return "then" in place ? place.then(({ batch, index }) => batch.metadata(index)) : place.batch.metadata(place.index);
}

/** The record's size with the batch around it, as the broker counts it. */
function checkedSize(lane: TopicLane, record: ProduceRecord): number {
  const bytes = recordSize(record);
  if (bytes + batchOverheadBytes <= lane.maxMessageBytes) return bytes;
  throw new KafkaError({
    code: "KAFKA_MESSAGE_TOO_LARGE",
    message: `a message to "${lane.topic}" takes ${bytes + batchOverheadBytes} bytes on the wire, more than the limit of ${lane.maxMessageBytes} (the producer's maxMessageBytes or the topic's); send less, or raise both`,
    topic: lane.topic,
  });
}
