import { type Cancel, InvalidOptionsError } from "@millrace/core";
import type { Consumer, Producer } from "@millrace/kafka";
import type { AnyTopic, Topic } from "@millrace/topics";
import type { Admission } from "./admission.ts";
import type { BatchHandler } from "./batch/batch-handler.ts";
import { type BatchOptions, resolveBatchOptions } from "./batch/batch-options.ts";
import type { ClaimWork } from "./claim-work.ts";
import { createCommands, type RuntimeCommands } from "./commands.ts";
import { createProcessors, type Registration } from "./create-processors.ts";
import type { StepMemory } from "./exactly-once/exactly-once.ts";
import type { Handler } from "./handler.ts";
import { assessHealth, type RuntimeHealth, type RuntimeView } from "./health.ts";
import { Intake } from "./intake.ts";
import { createMember, type Member } from "./member.ts";
import { observeGauges } from "./observe-gauges.ts";
import { type ProcessOptions, resolveProcessOptions } from "./process-options.ts";
import type { ProcessorStatistics } from "./processor-parts.ts";
import { type RunOptions, runUntilSignal } from "./run.ts";
import { RuntimeError } from "./runtime-error.ts";
import { type RuntimeOptions, resolveRuntimeOptions } from "./runtime-options.ts";
import { createSupervisor, type Supervisor } from "./supervisor.ts";
import { ensureTopology } from "./topology.ts";
import { watchProcessors } from "./watch.ts";

/** How a runtime stops. */
export interface StopOptions {
  /** How long running handlers may take to finish, in milliseconds; the group waits for a minute at most, or twice the runtime's. @default `drainMs` of the runtime */
  readonly drainMs?: number;
}

/** A set of processors with one lifecycle: one consumer group, one producer. */
export interface Runtime extends RuntimeCommands {
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
   * Adds a processor whose handler gets messages in batches, each of one partition, in the order of their offsets. Everything else is as with `process`: what fails
   * is tried again, parked, dead-lettered or skipped record by record.
   * @throws as `process`
   */
  processBatch<Key, Value>(
    topic: Topic<Key, Value> | readonly Topic<Key, Value>[],
    options: BatchOptions<Key>,
    handler: BatchHandler<Key, Value>,
  ): void;
  /**
   * Sees to the topics, joins the group and begins. Resolves when joining has begun.
   * @throws RuntimeError (`RUNTIME_MISUSED`, `RUNTIME_TOPIC_MISSING`), KafkaError
   */
  start(): Promise<void>;
  /**
   * Takes no more records, lets running handlers finish within `drainMs`, commits, leaves the group. Idempotent: a later call changes nothing; never rejects for
   * a handler. @throws InvalidOptionsError (`INVALID_OPTIONS`)
   */
  stop(options?: StopOptions): Promise<void>;
  /**
   * Starts, then runs until a signal comes, `stop` is called or something fails. With the signal `health().ready` is false at once, and what runs is drained; a
   * second signal exits with 1.
   */
  run(options?: RunOptions): Promise<void>;
  /** Resolves after `stop`, rejects with what stopped the runtime. */
  readonly stopped: Promise<void>;
  /** Whether it takes records in, and whether it works; for what an orchestrator asks. Looked at afresh with every call, without asking anybody. */
  health(): RuntimeHealth;
  /** By source topic. */
  statistics(): ReadonlyMap<string, ProcessorStatistics>;
  [Symbol.asyncDispose](): Promise<void>;
}

// Dead letters may be larger than what the application sends; the broker has the last word.
const largestDeadLetterBytes = 128 * 1_048_576;

/** Makes a runtime. Nothing is contacted before `start`. */
export function createRuntime(input: RuntimeOptions): Runtime {
  const options = resolveRuntimeOptions(input);
  const { kafka, group, clock, random, logger } = options;
  const registrations = new Map<string, Registration>();
  const intake = new Intake(options.maxBufferedRecords, options.maxBufferedBytes);
  const parkedIntake = new Intake(options.maxBufferedRecords, options.maxBufferedBytes);
  const stops = new AbortController();
  const stepMemories = new Map<string, StepMemory>();
  const assigned = Promise.withResolvers<void>();
  const outcome = Promise.withResolvers<void>();
  // Whoever does not look at `stopped` must not be punished with an unhandled rejection.
  outcome.promise.catch(() => undefined);
  let starting: Promise<void> | undefined;
  let stopping: Promise<void> | undefined;
  let supervisor: Supervisor<Member> | undefined;
  let made: ReturnType<typeof createProcessors> = { processors: new Map(), admissions: new Map() };
  let producers: readonly Producer[] = [];
  let failure: { readonly error: unknown } | undefined;
  let cancelWatch: () => void = () => {};
  let { drainMs } = options;

  const halt = (error: unknown): void => {
    failure ??= { error };
    logger.error("runtime halted", { group, error });
    void stop();
  };

  const commands = createCommands({
    kafka,
    topics: () => [...registrations.keys()],
    processors: () => made.processors,
    rescale(topic, concurrency) {
      const registration = registrations.get(topic) as Registration;
      registrations.set(topic, { ...registration, options: { ...registration.options, concurrency } });
    },
    member: () => supervisor?.current,
    clock,
    signal: stops.signal,
    halt,
  });

  const createConsumer = (): Consumer => {
    const isPaired = [...registrations.values()].some(({ options: { retryLater, exactlyOnce, deadLetter } }) => {
      return retryLater !== undefined || (exactlyOnce !== undefined && deadLetter !== undefined);
    });
    return kafka.consumer({
      group,
      reset: options.reset,
      sessionTimeoutMs: options.sessionTimeoutMs,
      rebalanceTimeoutMs: Math.max(60_000, options.drainMs * 2),
      // Handlers have their own time limit; a full buffer may hold a batch for as long as it takes.
      maxProcessingMs: Number.POSITIVE_INFINITY,
      // The partitions of a source and those of its retry topic, by their numbers, go to the same members; with no other assignor do they.
      ...(isPaired ? { assignors: ["range"] as const } : {}),
    });
  };

  const seeToTopics = async (): Promise<void> => {
    const admin = kafka.admin();
    try {
      await ensureTopology({
        admin,
        group,
        reset: options.reset,
        mode: options.topology,
        logger,
        sources: [...registrations.values()].map(({ topic, options: { deadLetter, retryTiers } }) => ({
          topic,
          deadLetter,
          tierCount: retryTiers?.length,
        })),
      });
    } finally {
      await admin.close();
    }
  };

  const start = async (): Promise<void> => {
    if (registrations.size === 0) throw misused("there is nothing to process; call process() before start()");
    await seeToTopics();
    if (stopping !== undefined) return;
    const producer = kafka.producer();
    const letterProducer = kafka.producer({ maxMessageBytes: largestDeadLetterBytes, bufferBytes: 2 * largestDeadLetterBytes });
    producers = [producer, letterProducer];
    const settled = (work: ClaimWork): void => supervisor?.current?.assignments.settled(work);
    const common = { ...options, intake, parkedIntake, halt };
    made = createProcessors(registrations.values(), { ...common, producer, letterProducer, settled });
    const { processors, admissions } = made;
    supervisor = createSupervisor({
      create: () =>
        createMember({
          ...common,
          processors,
          admissions,
          createConsumer,
          intakes: [intake, parkedIntake],
          signal: stops.signal,
          drainMs: () => drainMs,
          stepMemories,
          assigned: assigned.resolve,
          async prepare() {
            // A source has got more partitions since.
            if (isUnpaired(supervisor?.interruption?.error)) await seeToTopics();
          },
          isClosed: (claim) => commands.isClosed(claim),
        }),
      policy: options.restart === false ? undefined : options.restart,
      ended(ending) {
        if (ending === undefined) void stop();
        else halt(ending.error);
      },
      group,
      clock,
      random,
      logger,
    });
    commands.apply();
    const cancels = [
      watch(supervisor),
      observeGauges(options.instrumentation, {
        group,
        processors,
        intakes: [intake, parkedIntake],
        works: () => supervisor?.current?.assignments.works.values() ?? [],
      }),
    ];
    cancelWatch = () => {
      for (const cancel of cancels) cancel();
    };
    await supervisor.start();
  };

  const watch = (watched: Supervisor<Member>): Cancel =>
    watchProcessors({
      clock,
      processors: made.processors,
      works() {
        watched.current?.listen();
        return watched.current?.assignments.works.values() ?? [];
      },
      hindrance: ({ topic, retryTopic = topic }) => ({
        isRebalancing: watched.interruption !== undefined || watched.current?.standing.phase !== "assigned",
        isPaused: commands.isPaused(topic),
        isRateLimited: [topic, retryTopic].some((name) => isWaiting(made.admissions.get(name))),
      }),
    });

  const stopAll = async (): Promise<void> => {
    // A failed start has been reported to whoever started.
    await starting?.catch(() => undefined);
    cancelWatch();
    try {
      await supervisor?.close();
    } catch (error) {
      failure ??= { error };
    }
    await Promise.allSettled(producers.map((producer) => producer.close()));
    if (failure === undefined) outcome.resolve();
    else outcome.reject(failure.error);
  };

  const stop = (given: StopOptions = {}): Promise<void> => {
    const wrong = given.drainMs !== undefined && !(given.drainMs >= 0);
    if (wrong) return Promise.reject(new InvalidOptionsError("stop", [`drainMs must be 0 or more milliseconds, not ${given.drainMs}`]));
    if (stopping === undefined) drainMs = given.drainMs ?? drainMs;
    stops.abort();
    stopping ??= stopAll();
    return stopping;
  };

  const health = (): RuntimeHealth => {
    const { sessionTimeoutMs, unheardMs } = options;
    const view: RuntimeView = {
      standing: supervisor?.current?.standing,
      interruption: supervisor?.interruption,
      unheardMs: supervisor?.current?.silentMs ?? 0,
      unwellSince: supervisor?.unwellSince,
      isDrained: commands.isDrained,
      isStopping: stopping !== undefined,
      failure,
      now: clock.monotonic(),
    };
    return assessHealth(view, { rebalanceMs: sessionTimeoutMs, unheardMs });
  };

  const register = (topics: AnyTopic | readonly AnyTopic[], resolve: (names: string) => Omit<Registration, "topic">): void => {
    if (starting !== undefined) throw misused("process() and processBatch() must be called before start()");
    const list = isList(topics) ? topics : [topics];
    for (const { name } of list) if (registrations.has(name)) throw misused(`topic "${name}" has a processor already`);
    const resolved = resolve(list.map(({ name }) => name).join(", "));
    for (const topic of list) registrations.set(topic.name, { topic, ...resolved });
  };

  const runtime: Runtime = {
    process<Key, Value>(
      topics: Topic<Key, Value> | readonly Topic<Key, Value>[],
      processing: ProcessOptions<Key>,
      handler: Handler<Key, Value>,
    ) {
      register(topics, (names) => ({ options: resolveProcessOptions(names, processing), handler: handler as Handler<unknown, unknown> }));
    },
    processBatch<Key, Value>(
      topics: Topic<Key, Value> | readonly Topic<Key, Value>[],
      given: BatchOptions<Key>,
      handler: BatchHandler<Key, Value>,
    ) {
      register(topics, (names) => {
        const { processing, batchSize: size, lingerMs } = resolveBatchOptions(names, given);
        const batch = { handler: handler as BatchHandler<unknown, unknown>, size, lingerMs };
        return { options: processing, handler: () => undefined, batch };
      });
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
    run: (runOptions) => runUntilSignal({ ...runtime, assigned: assigned.promise }, runOptions),
    health,
    pause: (selection) => commands.pause(selection),
    resume: (selection) => commands.resume(selection),
    rewind: async (selection, to) => await commands.rewind(selection, to),
    scale: (topic, concurrency) => commands.scale(topic, concurrency),
    drain: async (drainOptions) => await commands.drain(drainOptions),
    stopped: outcome.promise,
    statistics() {
      return new Map(
        [...registrations.keys()].flatMap((topic) => {
          const processor = made.processors.get(topic);
          return processor === undefined ? [] : [[topic, processor.statistics()]];
        }),
      );
    },
    [Symbol.asyncDispose]: () => stop(),
  };
  return runtime;
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}

function isWaiting(admission: Admission | undefined): boolean {
  return admission !== undefined && admission.waiting.due + admission.waiting["rate-limit"] > 0;
}

function isUnpaired(error: unknown): boolean {
  return RuntimeError.is(error) && error.code === "RUNTIME_UNPAIRED_PARTITION";
}

function misused(message: string): RuntimeError {
  return new RuntimeError({ code: "RUNTIME_MISUSED", message });
}
