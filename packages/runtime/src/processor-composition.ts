import { describeFailure, type FailedRecord, retryTopicName } from "@millrace/retry";
import type { AttemptParts } from "./attempts.ts";
import { Batches } from "./batch/batches.ts";
import { DurableRetry, type DurableRetryParts } from "./durable/durable-retry.ts";
import { type ComposedHandler, composeMiddleware, type Handler } from "./handler.ts";
import type { ProcessorParts } from "./processor-parts.ts";
import type { RecordTask } from "./record-task.ts";
import { RejectedRecordError } from "./runtime-error.ts";
import { TieredRetry } from "./tiered/tiered-retry.ts";

/** How attempts of a processor are made: middleware around its handlers, and what they send with. */
export interface ProcessorAttemptParts extends AttemptParts {
  readonly tombstoneHandler: ComposedHandler;
}

/** Puts middleware around a processor's handlers. */
export function createAttemptParts({ options, handler, producer, group, logger, clock }: ProcessorParts): ProcessorAttemptParts {
  const handle = composeMiddleware(options.middleware, handler);
  const tombstoneHandler = composeMiddleware(options.middleware, (options.onTombstone ?? rejectTombstone) as Handler<unknown, unknown>);
  return {
    group,
    logger,
    clock,
    tombstoneHandler,
    handlerOf: ({ record }) => (record.value === null ? tombstoneHandler : handle),
    producerOf: (task) => task.work.unit?.producerFor(task) ?? producer,
  };
}

/** What hands records over in batches; undefined when they are handled one by one. */
export function createBatches(
  { batch, instrumentation, options: { order, concurrency, retryLater } }: ProcessorParts,
  attempts: ProcessorAttemptParts,
  abandoned: (task: RecordTask) => void,
): Batches | undefined {
  if (batch === undefined) return undefined;
  // Durable retries keep the order themselves, a record of a key at a time.
  const inOrder = retryLater === undefined ? order : "unordered";
  return new Batches({ ...attempts, ...batch, order: inOrder, concurrency, instrumentation, abandoned });
}

/** Retries of `retryLater`. */
export function createDurableRetry(
  { options, topic, group, parkingProducer: producer, clock, random, logger }: ProcessorParts,
  hooks: Pick<DurableRetryParts, "start" | "wait" | "abandoned">,
): DurableRetry | undefined {
  const { retryLater: policy, order, maxParked } = options;
  if (policy === undefined) return undefined;
  const retryTopic = retryTopicName(topic, group);
  return new DurableRetry({ topic, retryTopic, group, order, policy, maxParked, producer, clock, random, logger, ...hooks });
}

/** Retries of `retryTiers`. */
export function createTieredRetry(
  { options: { retryTiers: tiers }, topic, group, parkingProducer: producer, clock, random, logger }: ProcessorParts,
  wait: (task: RecordTask, delayMs: number) => Promise<boolean>,
): TieredRetry | undefined {
  return tiers === undefined ? undefined : new TieredRetry({ topic, group, tiers, producer, clock, random, logger, wait });
}

/** Writes a dead letter, and a line that says so. */
export async function writeDeadLetter({ deadLetters, logger }: ProcessorParts, task: RecordTask, failed: FailedRecord): Promise<void> {
  const { topic } = await deadLetters.write(failed, task.work.unit?.producerFor(task));
  const {
    error,
    disposition,
    record: { topic: source, partition, offset },
  } = failed;
  logger.warn(`Message sent to DLQ ${topic}: ${describeFailure(error).message}`, { topic: source, partition, offset, disposition });
}

function rejectTombstone(): never {
  throw new RejectedRecordError("the record is a tombstone and its processor has no onTombstone option");
}
