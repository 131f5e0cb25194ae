import { sleep } from "@millrace/core";
import { memory } from "@millrace/driver-memory";
import { createKafka, type Headers, type Kafka, type OutgoingMessage, readTopics } from "@millrace/kafka";
import { type DeadLetter, readDeadLetters, retryTopicName } from "@millrace/retry";
import { json, string } from "@millrace/serdes";
import { createVirtualClock, seededRandom, type VirtualClock } from "@millrace/testing";
import { type AnyTopic, defineTopic, type Topic } from "@millrace/topics";
import type { Handler, IncomingMessage, Middleware } from "../handler.ts";
import { contextWith } from "../middleware/context-with.ts";
import type { ProcessOptions } from "../process-options.ts";
import type { ProcessorStatistics } from "../processor-parts.ts";
import { createRuntime } from "../runtime.ts";
import { PatientClock } from "./patient-clock.ts";

/** A record whose bytes are given as they are. */
export interface RawTestRecord {
  readonly raw: { readonly key: Buffer | null; readonly value: Buffer | null };
  readonly headers?: Headers;
  readonly partition?: number;
  readonly timestamp?: number;
}

/** A record to be handled. */
export type TestRecord<Key, Value> = OutgoingMessage<Key, Value> | RawTestRecord;

/** How records are processed in a test: the options of `runtime.process`, and these. */
export interface TestProcessorOptions<Key, Value> extends ProcessOptions<Key> {
  /** Where the records come from. @default a topic of one partition whose keys are text and whose values are JSON */
  readonly topic?: Topic<Key, Value>;
  /** @default "test" */
  readonly group?: string;
  /** Where schemas come from, for topics whose serdes need one. @default none */
  readonly schemas?: NonNullable<Parameters<typeof createKafka>[0]["schemas"]>;
  /**
   * The clock by which the handler waits, if it waits by one of its own: then nothing but this clock is waited for.
   * @default one of its own: time stands nearly still while a handler works on something real, for about two seconds
   */
  readonly clock?: VirtualClock;
  /** Longest run, in virtual milliseconds. @default 86_400_000, a day */
  readonly limitMs?: number;
}

/** One call of the handler, middleware included. */
export interface TestAttempt<Key, Value> {
  readonly message: IncomingMessage<Key, Value>;
  readonly attempt: number;
  readonly round: number;
  /** What it failed with; undefined when it did not, or never ended. */
  readonly error: unknown;
}

/** What became of a record. */
export interface TestedRecord<Key, Value> {
  readonly record: TestRecord<Key, Value>;
  readonly outcome: "handled" | "dead-lettered" | "skipped";
  /** Every call of the handler, in their order. */
  readonly attempts: readonly TestAttempt<Key, Value>[];
  /** Whether it went through a retry topic. */
  readonly wasParked: boolean;
  readonly deadLetter: DeadLetter | undefined;
}

/** What a handler sent, decoded. */
export interface SentMessage<Key, Value> {
  readonly key: Key | null;
  readonly value: Value | null;
  readonly headers: Headers;
}

/** What became of everything. */
export interface TestRun<Key, Value> {
  /** In the order in which they were given. */
  readonly records: readonly TestedRecord<Key, Value>[];
  /** What handlers sent to a topic, in the order of its log; of failed attempts too, unless with `exactlyOnce`. */
  sent<SentKey, SentValue>(topic: Topic<SentKey, SentValue>): readonly SentMessage<SentKey, SentValue>[];
  readonly statistics: ProcessorStatistics;
  /** Virtual time from the start until everything was settled. */
  readonly elapsedMs: number;
}

/**
 * Runs a handler as `runtime.process` would, on a broker in memory and in virtual time: retries with waits of hours take no time, and the outcome is the same
 * each time. Resolves when every record is handled, a dead letter or skipped. Dead letters are on unless `deadLetter` says otherwise.
 * @throws what halts the runtime: RuntimeError (`RUNTIME_HALTED`); InvalidOptionsError (`INVALID_OPTIONS`); ConditionNotMetError (`CONDITION_NOT_MET`) of
 *   `@millrace/testing` after `limitMs`
 */
export async function runTestProcessor<Key = string, Value = unknown>(
  handler: Handler<Key, Value>,
  records: readonly TestRecord<Key, Value>[],
  options: TestProcessorOptions<Key, Value> = {},
): Promise<TestRun<Key, Value>> {
  const {
    topic = testTopic as unknown as Topic<Key, Value>,
    group = "test",
    schemas,
    clock = createVirtualClock(),
    limitMs,
    ...rest
  } = options;
  const time = new PatientClock(clock, { isShared: options.clock !== undefined, limitMs: limitMs ?? 86_400_000 });
  const random = seededRandom(1);
  const kafka = createKafka({ driver: memory(), clock, random, ...(schemas === undefined ? {} : { schemas }) });
  try {
    const recording = createRecording(time);
    const processing: ProcessOptions<Key> = { deadLetter: {}, ...rest, middleware: [recording.middleware, ...(rest.middleware ?? [])] };
    await time.run(kafka.admin().ensureTopics([topic]));
    const places = await time.run(send(kafka, topic, records));
    const began = clock.monotonic();
    const runtime = createRuntime({ kafka, group, clock, random, commitIntervalMs: 100 });
    runtime.process(topic, processing, handler);
    await time.run(runtime.start());
    const failed = runtime.stopped.then(() => new Promise<never>(() => undefined));
    const isSettled = (): boolean => {
      const { handled, deadLettered, skipped } = runtime.statistics().get(topic.name) as ProcessorStatistics;
      return handled + deadLettered + skipped >= records.length;
    };
    await time.runUntil(isSettled, failed, `${records.length} records settled`);
    if (processing.exactlyOnce !== undefined && processing.exactlyOnce !== false) {
      // What counts as settled may be in a transaction that is aborted.
      const topics = [topic.name, ...(processing.deadLetter === undefined ? [] : [retryTopicName(topic.name, group)])];
      let isCommitted = false;
      const committed = untilCommitted(kafka, group, topics, clock).then(() => {
        isCommitted = true;
      });
      await time.runUntil(() => isCommitted, Promise.race([failed, committed.then(() => failed)]), `${records.length} records committed`);
    }
    const elapsedMs = clock.monotonic() - began;
    await time.run(runtime.stop());
    await runtime.stopped;
    const letters =
      processing.deadLetter === undefined ? new Map<string, DeadLetter>() : await time.run(readLetters(kafka, topic, group, processing));
    const sent = await time.run(readSent(kafka, recording.topics));
    return {
      records: records.map((record, index) => {
        const place = places[index] as string;
        const attempts = (recording.attempts.get(place) ?? []) as readonly (TestAttempt<Key, Value> & { readonly isHandled: boolean })[];
        const deadLetter = letters.get(place);
        const isHandled = attempts.some((attempt) => attempt.isHandled);
        return {
          record,
          outcome: deadLetter !== undefined ? "dead-lettered" : isHandled ? "handled" : "skipped",
          attempts: attempts.map(({ message, attempt, round, error }) => ({ message, attempt, round, error })),
          wasParked: attempts.some(({ message }) => message.topic !== topic.name),
          deadLetter,
        };
      }),
      sent: <SentKey, SentValue>({ name }: Topic<SentKey, SentValue>) =>
        (sent.get(name) ?? []) as readonly SentMessage<SentKey, SentValue>[],
      statistics: runtime.statistics().get(topic.name) as ProcessorStatistics,
      elapsedMs,
    };
  } finally {
    await time.run(kafka.close());
  }
}

/** How often offsets are looked at, in virtual milliseconds. */
const pollMs = 100;

const testTopic = defineTopic({ name: "test", key: string(), value: json<unknown>(), partitions: 1 });

interface Recorded extends TestAttempt<unknown, unknown> {
  error: unknown;
  isHandled: boolean;
}

/** Sees every attempt, by the place where its record was first read, and what is sent where. */
function createRecording(time: PatientClock) {
  const attempts = new Map<string, Recorded[]>();
  const topics = new Map<string, AnyTopic>();
  const middleware: Middleware = async (message, context, next) => {
    const { partition, offset } = context.origin;
    const recorded: Recorded = { message, attempt: context.attempt, round: context.round, error: undefined, isHandled: false };
    const place = `${partition}/${offset}`;
    attempts.set(place, [...(attempts.get(place) ?? []), recorded]);
    const sending = contextWith(context, {
      send: (topic, outgoing) => {
        topics.set(topic.name, topic);
        return context.send(topic, outgoing);
      },
    });
    try {
      await time.work(next(message, sending));
      recorded.isHandled = true;
    } catch (error) {
      recorded.error = error;
      throw error;
    }
  };
  return { attempts, topics, middleware };
}

/** Sends the records; answers their places. */
async function send<Key, Value>(
  kafka: Kafka,
  topic: Topic<Key, Value>,
  records: readonly TestRecord<Key, Value>[],
): Promise<readonly string[]> {
  const producer = kafka.producer();
  const stored = await Promise.all(
    records.map((record) => {
      if (!("raw" in record)) return producer.send(topic, record);
      const { raw, ...rest } = record;
      return producer.sendRaw({ topic: topic.name, ...raw, ...rest });
    }),
  );
  await producer.close();
  return stored.map(({ partition, offset }) => `${partition}/${offset}`);
}

/** Resolves when the group has nothing left to do in these topics. */
async function untilCommitted(kafka: Kafka, group: string, topics: readonly string[], clock: VirtualClock): Promise<void> {
  const admin = kafka.admin();
  for (;;) {
    const stored = await admin.groupOffsets(group, topics);
    // Asked for afterwards: what is parked together with an offset is seen.
    const ends = await admin.offsets(stored, "latest");
    const offsets = new Map(stored.map(({ topic, partition, offset }) => [`${topic}/${partition}`, offset]));
    if (ends.every(({ topic, partition, offset }) => Math.max(0, offsets.get(`${topic}/${partition}`) ?? 0) >= offset)) return;
    await sleep(pollMs, { clock });
  }
}

async function readLetters(
  kafka: Kafka,
  { name: topic }: AnyTopic,
  group: string,
  { deadLetter }: Pick<ProcessOptions<never>, "deadLetter">,
): Promise<ReadonlyMap<string, DeadLetter>> {
  const letters = new Map<string, DeadLetter>();
  const naming = deadLetter?.naming === undefined ? {} : { naming: deadLetter.naming };
  for await (const { letter } of readDeadLetters({ kafka, topic, group, ...naming }))
    letters.set(`${letter.origin.partition}/${letter.origin.offset}`, letter);
  return letters;
}

async function readSent(
  kafka: Kafka,
  topics: ReadonlyMap<string, AnyTopic>,
): Promise<ReadonlyMap<string, readonly SentMessage<unknown, unknown>[]>> {
  const sent = new Map<string, SentMessage<unknown, unknown>[]>();
  for (const [name, topic] of topics) {
    const codec = kafka.codec(topic);
    const messages: SentMessage<unknown, unknown>[] = [];
    for await (const { key, value, headers } of readTopics(kafka, [name])) {
      if (key !== null) await codec.key.prepareToDeserialize(key, headers);
      if (value !== null) await codec.value.prepareToDeserialize(value, headers);
      messages.push({
        key: key === null ? null : codec.key.deserialize(key, headers),
        value: value === null ? null : codec.value.deserialize(value, headers),
        headers,
      });
    }
    sent.set(name, messages);
  }
  return sent;
}
