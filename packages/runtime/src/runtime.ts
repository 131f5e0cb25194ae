import type { Consumer, Producer } from "@millrace/kafka";
import { createDeadLetterWriter, retryTopicName } from "@millrace/retry";
import type { AnyTopic, Topic } from "@millrace/topics";
import { type Admission, createAdmission, createIntakeLimits, type DueTime } from "./admission.ts";
import { createAssignments } from "./assignments.ts";
import { type Committer, createCommitter } from "./committer.ts";
import type { Handler } from "./handler.ts";
import { Intake } from "./intake.ts";
import { type ProcessOptions, type ResolvedProcessOptions, resolveProcessOptions } from "./process-options.ts";
import { Processor, type ProcessorStatistics } from "./processor.ts";
import { type RunOptions, runUntilSignal } from "./run.ts";
import { RuntimeError } from "./runtime-error.ts";
import { type RuntimeOptions, resolveRuntimeOptions } from "./runtime-options.ts";
import { ensureTopology } from "./topology.ts";
import { watchProcessors } from "./watch.ts";

/** A set of processors with one lifecycle: one consumer group, one producer. */
export interface Runtime {
  /**
   * Adds a processor for a topic, or the same one for several. Call before `start`.
   * @throws InvalidOptionsError (`INVALID_OPTIONS`), RuntimeError (`RUNTIME_MISUSED`) after the start or for a topic that has a processor already
   */
  process<Key, Value>(
    topic: Topic<Key, Value> | readonly Topic<Key, Value>[],
    options: ProcessOptions<Key>,
    handler: Handler<Key, Value>,
  ): void;
  /**
   * Sees to the topics, joins the group and begins. Resolves when joining has begun.
   * @throws RuntimeError (`RUNTIME_MISUSED`, `RUNTIME_TOPIC_MISSING`), KafkaError
   */
  start(): Promise<void>;
  /** Takes no more records, lets running handlers finish within `drainMs`, commits, leaves the group. Idempotent; never rejects for a handler. */
  stop(): Promise<void>;
  /** Starts, then runs until a signal comes, `stop` is called or something fails; the signal drains, a second one exits with 1. */
  run(options?: RunOptions): Promise<void>;
  /** Resolves after `stop`, rejects with what stopped the runtime. */
  readonly stopped: Promise<void>;
  /** By source topic. */
  statistics(): ReadonlyMap<string, ProcessorStatistics>;
  [Symbol.asyncDispose](): Promise<void>;
}

interface Registration {
  readonly topic: AnyTopic;
  readonly options: ResolvedProcessOptions;
  readonly handler: Handler<unknown, unknown>;
}

// Dead letters may be larger than what the application sends; the broker has the last word.
const largestDeadLetterBytes = 128 * 1_048_576;

/** Makes a runtime. Nothing is contacted before `start`. */
export function createRuntime(input: RuntimeOptions): Runtime {
  const options = resolveRuntimeOptions(input);
  const { kafka, group, clock, random, logger, instrumentation } = options;
  const registrations = new Map<string, Registration>();
  const processors = new Map<string, Processor>();
  const admissions = new Map<string, Admission>();
  const intake = new Intake(options.maxBufferedRecords, options.maxBufferedBytes);
  const parkedIntake = new Intake(options.maxBufferedRecords, options.maxBufferedBytes);
  const stops = new AbortController();
  const outcome = Promise.withResolvers<void>();
  // Whoever does not look at `stopped` must not be punished with an unhandled rejection.
  outcome.promise.catch(() => undefined);
  let starting: Promise<void> | undefined;
  let stopping: Promise<void> | undefined;
  let consumer: Consumer | undefined;
  let committer: Committer | undefined;
  let producers: readonly Producer[] = [];
  let failure: { readonly error: unknown } | undefined;
  let cancelWatch: () => void = () => {};

  const halt = (error: unknown): void => {
    failure ??= { error };
    logger.error("runtime halted", { group, error });
    void stop();
  };

  const start = async (): Promise<void> => {
    if (registrations.size === 0) throw misused("there is nothing to process; call process() before start()");
    const admin = kafka.admin();
    try {
      await ensureTopology({
        admin,
        group,
        reset: options.reset,
        mode: options.topology,
        logger,
        sources: [...registrations.values()].map(({ topic, options: { deadLetter } }) => ({ topic, deadLetter })),
      });
    } finally {
      await admin.close();
    }
    if (stopping !== undefined) return;
    const producer = kafka.producer();
    const letterProducer = kafka.producer({ maxMessageBytes: largestDeadLetterBytes, bufferBytes: 2 * largestDeadLetterBytes });
    producers = [producer, letterProducer];
    const isDurable = [...registrations.values()].some(({ options: { retryLater } }) => retryLater !== undefined);
    const member = kafka.consumer({
      group,
      reset: options.reset,
      sessionTimeoutMs: options.sessionTimeoutMs,
      rebalanceTimeoutMs: Math.max(60_000, options.drainMs * 2),
      // Handlers have their own time limit; a full buffer may hold a batch for as long as it takes.
      maxProcessingMs: Number.POSITIVE_INFINITY,
      // The partitions of a source and those of its retry topic, by their numbers, go to the same members; with no other assignor do they.
      ...(isDurable ? { assignors: ["range"] as const } : {}),
    });
    consumer = member;
    committer = createCommitter({ consumer: member, group, intervalMs: options.commitIntervalMs, clock, logger, instrumentation });
    for (const { topic, options: processing, handler } of registrations.values()) {
      const deadLetters = createDeadLetterWriter({
        producer: letterProducer,
        group,
        consumerId: kafka.clientId,
        naming: processing.deadLetter?.naming,
        clock,
      });
      const processor = new Processor({
        topic: topic.name,
        group,
        options: processing,
        handler,
        codec: kafka.codec(topic),
        producer,
        parkingProducer: letterProducer,
        deadLetters,
        intake,
        parkedIntake,
        clock,
        random,
        logger,
        instrumentation,
        settled: (work) => committer?.touch(work),
        halt,
      });
      processors.set(topic.name, processor);
      const limits = createIntakeLimits(processing.rateLimit, clock);
      const { delayMs } = processing;
      const due: DueTime | undefined = delayMs === 0 ? undefined : { of: ({ timestamp }) => timestamp + delayMs, longestMs: delayMs };
      const admit = (name: string, time: DueTime | undefined): void => {
        if (limits !== undefined || time !== undefined) admissions.set(name, createAdmission({ limits, due: time, clock }));
      };
      admit(topic.name, due);
      if (processing.deadLetter === undefined) continue;
      const retryTopic = retryTopicName(topic.name, group);
      processors.set(retryTopic, processor);
      // What is there has its own times.
      admit(retryTopic, undefined);
    }
    member.stopped.then(
      () => void stop(),
      (error: unknown) => halt(error),
    );
    const { maxBufferedRecords, drainMs } = options;
    const assignments = createAssignments({
      kafka,
      group,
      consumer: member,
      committer,
      processors,
      admissions,
      intakes: [intake, parkedIntake],
      maxBufferedRecords,
      drainMs,
      clock,
      random,
      logger,
      signal: stops.signal,
    });
    cancelWatch = watchProcessors({
      clock,
      processors,
      works: () => assignments.works.values(),
      hindrance: () => ({ isRebalancing: false, isPaused: false, isRateLimited: false }),
    });
    const { onAssigned, onBatch, onRevoked } = assignments;
    await member.consume([...processors.keys()], { onAssigned, onBatch, onRevoked });
  };

  const stopAll = async (): Promise<void> => {
    // A failed start has been reported to whoever started.
    await starting?.catch(() => undefined);
    cancelWatch();
    try {
      await consumer?.close();
    } catch (error) {
      failure ??= { error };
    }
    committer?.close();
    await Promise.allSettled(producers.map((producer) => producer.close()));
    if (failure === undefined) outcome.resolve();
    else outcome.reject(failure.error);
  };

  const stop = (): Promise<void> => {
    stops.abort();
    stopping ??= stopAll();
    return stopping;
  };

  const runtime: Runtime = {
    process<Key, Value>(
      topics: Topic<Key, Value> | readonly Topic<Key, Value>[],
      processing: ProcessOptions<Key>,
      handler: Handler<Key, Value>,
    ) {
      if (starting !== undefined) throw misused("process() must be called before start()");
      const list = isList(topics) ? topics : [topics];
      for (const { name } of list) if (registrations.has(name)) throw misused(`topic "${name}" has a processor already`);
      const resolved = resolveProcessOptions(list.map(({ name }) => name).join(", "), processing);
      for (const topic of list) registrations.set(topic.name, { topic, options: resolved, handler: handler as Handler<unknown, unknown> });
    },
    start() {
      if (starting === undefined) {
        if (stopping !== undefined) return Promise.reject(misused("the runtime has been stopped; make a new one"));
        starting = start();
        // What a failed start has made is released at once.
        starting.catch((error: unknown) => {
          failure ??= { error };
          void stop();
        });
      }
      return starting;
    },
    stop,
    run: (runOptions) => runUntilSignal(runtime, runOptions),
    stopped: outcome.promise,
    statistics() {
      return new Map(
        [...registrations.keys()].flatMap((topic) => {
          const processor = processors.get(topic);
          return processor === undefined ? [] : [[topic, processor.statistics()]];
        }),
      );
    },
    [Symbol.asyncDispose]: stop,
  };
  return runtime;
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}

function misused(message: string): RuntimeError {
  return new RuntimeError({ code: "RUNTIME_MISUSED", message });
}
