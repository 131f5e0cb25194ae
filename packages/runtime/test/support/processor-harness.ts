import { createLogger, type Instrumentation, type LogEntry, noInstrumentation } from "@millrace/core";
import type { KafkaRecord, OutgoingMessage, PartitionClaim, Producer, RecordMetadata } from "@millrace/kafka";
import type { FailedRecord } from "@millrace/retry";
import { string } from "@millrace/serdes";
import { createVirtualClock, type VirtualClock } from "@millrace/testing";
import { defineTopic, type Topic } from "@millrace/topics";
import type { BatchHandler } from "../../src/batch/batch-handler.ts";
import { ClaimWork } from "../../src/claim-work.ts";
import type { Handler } from "../../src/handler.ts";
import { Intake } from "../../src/intake.ts";
import { type ProcessOptions, resolveProcessOptions } from "../../src/process-options.ts";
import { Processor } from "../../src/processor.ts";
import type { ProcessorParts } from "../../src/processor-parts.ts";
import type { Hindrance } from "../../src/slow-reason.ts";
import type { LoopLook } from "../../src/slow-seconds.ts";

export const orders: Topic<string, string> = defineTopic({ name: "orders", key: string(), value: string() });

/** A processor in virtual time, with a partition to feed it. */
export interface ProcessorHarness {
  readonly clock: VirtualClock;
  readonly processor: Processor;
  readonly work: ClaimWork;
  readonly intake: Intake;
  readonly deadLetters: FailedRecord[];
  readonly halts: unknown[];
  readonly logged: LogEntry[];
  readonly sent: OutgoingMessage<unknown, unknown>[];
  /** Feeds records of these keys and values at the next offsets. */
  readonly feed: (...records: readonly (readonly [key: string | null, value: string | null])[]) => void;
  /** Looks after the processor, as the runtime does once a second. */
  readonly look: (hindrance?: Partial<Hindrance>, loop?: Partial<LoopLook>) => void;
}

export interface HarnessOptions {
  readonly options?: ProcessOptions<string>;
  readonly handler?: Handler<string, string>;
  readonly batch?: { readonly handler: BatchHandler<string, string>; readonly size?: number; readonly lingerMs?: number };
  readonly codec?: ProcessorParts["codec"];
  readonly work?: ClaimWork;
  readonly instrumentation?: Instrumentation;
  /** What writing a dead letter does; the default stores it. */
  readonly writeDeadLetter?: (failed: FailedRecord) => Promise<void>;
  /** What sending does; the default stores. */
  readonly send?: (message: OutgoingMessage<unknown, unknown>) => Promise<void>;
}

export function createProcessorHarness(given: HarnessOptions = {}): ProcessorHarness {
  const clock = createVirtualClock();
  const work = given.work ?? createWork();
  const intake = new Intake(10_000, 1_000_000);
  const deadLetters: FailedRecord[] = [];
  const halts: unknown[] = [];
  const logged: LogEntry[] = [];
  const sent: OutgoingMessage<unknown, unknown>[] = [];
  const stored = (topic: string): RecordMetadata => ({
    topic,
    partition: 0,
    offset: 0,
    timestamp: 0,
    serializedKeySize: -1,
    serializedValueSize: -1,
  });
  const producer = {
    async send(topic: Topic<unknown, unknown>, message: OutgoingMessage<unknown, unknown>) {
      await given.send?.(message);
      sent.push(message);
      return stored(topic.name);
    },
  } as unknown as Producer;
  const processor = new Processor({
    topic: "orders",
    group: "billing",
    options: resolveProcessOptions("orders", given.options ?? {}),
    handler: (given.handler ?? (() => undefined)) as Handler<unknown, unknown>,
    batch:
      given.batch === undefined
        ? undefined
        : { size: 100, lingerMs: 0, ...given.batch, handler: given.batch.handler as BatchHandler<unknown, unknown> },
    codec: given.codec ?? textCodec,
    producer,
    parkingProducer: producer,
    deadLetters: {
      async write(failed) {
        await given.writeDeadLetter?.(failed);
        deadLetters.push(failed);
        return stored("dlq.orders");
      },
    },
    intake,
    parkedIntake: new Intake(10_000, 1_000_000),
    clock,
    random: () => 0,
    logger: createLogger({ level: "debug", write: (entry) => logged.push(entry) }),
    instrumentation: given.instrumentation ?? noInstrumentation,
    settled: () => undefined,
    halt: (error) => halts.push(error),
  });
  let next = 0;
  const unhindered = { isRebalancing: false, isPaused: false, isRateLimited: false };
  return {
    clock,
    processor,
    work,
    intake,
    deadLetters,
    halts,
    logged,
    sent,
    look(hindrance = {}, loop = {}) {
      processor.watch([work], { elapsedMs: 1_000, lateMs: 0, utilization: 0, ...loop }, { ...unhindered, ...hindrance });
    },
    feed(...records) {
      processor.accept(
        records.map(([key, value]) => recordOf(work.claim, next++, key, value)),
        work,
      );
      work.watermark.cover(next);
    },
  };
}

/** The work on a claim that starts at 0. */
export function createWork(claim: Partial<PartitionClaim> = {}): ClaimWork {
  const { signal } = new AbortController();
  return new ClaimWork({ topic: "orders", partition: 0, startOffset: 0, committed: null, signal, ...claim });
}

export function recordOf(claim: PartitionClaim, offset: number, key: string | null, value: string | null): KafkaRecord {
  const bytes = (text: string | null): Buffer | null => (text === null ? null : Buffer.from(text));
  const { topic, partition } = claim;
  return { topic, partition, offset, timestamp: 1_000, key: bytes(key), value: bytes(value), headers: [] };
}

const text = string().bind({ topic: "orders", part: "value" });
export const textCodec: ProcessorParts["codec"] = { key: text, value: text };
