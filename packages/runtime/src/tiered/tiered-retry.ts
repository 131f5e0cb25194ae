import type { Clock, Logger, Random, RetryDecision } from "@millrace/core";
import { KafkaError, type Producer } from "@millrace/kafka";
import { originOf, readStory, redrivesOf, retryTierTopicName, writeStory } from "@millrace/retry";
import type { DueTime } from "../admission.ts";
import type { RecordTask } from "../record-task.ts";
import { type Outcome, patientDelay } from "../settle.ts";

/** What tiered retry is made of. */
export interface TieredRetryParts {
  readonly topic: string;
  readonly group: string;
  /** How long a record waits after each failed round, in milliseconds. */
  readonly tiers: readonly number[];
  readonly producer: Pick<Producer, "sendRaw">;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Waits while a task has its turn. False when its partition is going, at once. */
  wait(task: RecordTask, delayMs: number): Promise<boolean>;
}

/**
 * Retries that outlive the process and keep no order: what fails is written to the topic of its next wait, where everything waits equally long and so in the
 * order of the log. Nothing of it is in memory.
 */
export class TieredRetry {
  readonly #parts: TieredRetryParts;

  constructor(parts: TieredRetryParts) {
    this.#parts = parts;
  }

  /** Whether a failed round is followed by another. */
  decide({ record }: RecordTask): RetryDecision {
    const delayMs = this.#parts.tiers[readStory(record)?.parked?.rounds ?? 0];
    return delayMs === undefined ? { retry: false, reason: "attempts-exhausted" } : { retry: true, delayMs };
  }

  /** Writes a record to the tier of its next round, however long it takes. "abandoned" when its partition is going. */
  async park(task: RecordTask, attempts: number, delayMs: number): Promise<Outcome> {
    const { topic, group, producer, clock, random, logger } = this.#parts;
    const { record } = task;
    const { key, value, partition } = record;
    const story = readStory(record);
    const now = clock.now();
    const { rounds = 0, since = now } = story?.parked ?? {};
    const headers = writeStory(record.headers, {
      origin: originOf(record),
      group,
      attempts: (story?.attempts ?? 0) + attempts,
      redrives: redrivesOf(record, group),
      job: story?.job ?? null,
      // Nobody asks who put it there: it has no followers.
      parked: { due: Math.ceil(now + delayMs), rounds: rounds + 1, since, claim: "" },
    });
    const tier = retryTierTopicName(topic, group, rounds + 1);
    let place: { readonly partition?: number } = { partition };
    for (let failures = 1; ; failures++) {
      try {
        await producer.sendRaw({ topic: tier, ...place, key, value, headers });
        return "parked";
      } catch (error) {
        // The source has got more partitions since. There is no order that it would have to keep.
        if (KafkaError.is(error) && error.code === "KAFKA_INVALID_PARTITION") place = {};
        const retryMs = patientDelay(failures, random);
        logger.error("record not parked; it waits, and nothing behind it is committed", {
          topic: record.topic,
          partition,
          offset: record.offset,
          delay_ms: retryMs,
          error,
        });
        if (!(await this.#parts.wait(task, retryMs))) return "abandoned";
      }
    }
  }
}

/** When the records of a tier are due: as they say, and no later than this wait from when they were read. */
export function tierDue(delayMs: number): DueTime {
  return { of: (record) => readStory(record)?.parked?.due, longestMs: delayMs };
}
