import { createHash } from "node:crypto";
import { MillraceError } from "@millrace/core";
import { type Handler, RejectedRecordError } from "@millrace/runtime";
import type { Delivery, JobTopics } from "./topics.ts";

/** A fault that passes: the same call may succeed the next time. */
class PassingFault extends MillraceError<"PASSING_FAULT"> {
  override readonly name = "PassingFault";

  constructor(delivery: string, attempt: number) {
    super({ code: "PASSING_FAULT", message: `delivery ${delivery} met a passing fault in attempt ${attempt}`, retryable: true });
  }
}

/**
 * What the job does with a delivery: one entry of activity for its repository. Faults come at the stated rate, decided by seed, delivery and attempt, so that a
 * run can be repeated exactly. A delivery without a repository cannot be handled, however often it is tried.
 */
export function createDeliveryHandler(options: {
  readonly topics: JobTopics;
  readonly faultRate: number;
  readonly seed: number;
  /** How often it is tried in each round. */
  readonly attemptsInPlace: number;
}): Handler<string, Delivery> {
  const { topics, faultRate, seed, attemptsInPlace } = options;
  let running = 0;
  return async (message, context) => {
    const { id, event, repository } = message.value;
    const attempts = (context.round - 1) * attemptsInPlace + context.attempt;
    if (chance(seed, id, context.redrives, attempts) < faultRate) throw new PassingFault(id, attempts);
    if (repository === null) throw new RejectedRecordError(`delivery ${id} (${event}) has no repository`);
    running++;
    try {
      const { origin } = context;
      await context.send(topics.activity, {
        key: repository,
        value: {
          delivery: id,
          event,
          repository,
          sourcePartition: origin.partition,
          sourceOffset: origin.offset,
          attempts,
          redrives: context.redrives,
          running,
          publishedAt: origin.timestamp,
          handledAt: Date.now(),
        },
      });
    } finally {
      running--;
    }
  };
}

function chance(...parts: readonly (number | string)[]): number {
  return createHash("sha256").update(parts.join("/")).digest().readUInt32BE(0) / 2 ** 32;
}
