import type { Clock, Instrumentation, Logger, MeasurementAttributes } from "@millrace/core";
import type { Attempts } from "./attempts.ts";
import type { ClaimWork } from "./claim-work.ts";
import { type BlockingRecord, HeadOfLine } from "./head-of-line.ts";
import type { ResolvedProcessOptions } from "./process-options.ts";
import { RuntimeError } from "./runtime-error.ts";
import type { Sleepers } from "./sleepers.ts";
import type { SlowReason, SlowSample } from "./slow-reason.ts";
import { type LoopLook, SlowSeconds } from "./slow-seconds.ts";

/** What a processor's watch is made of. */
export interface ProcessorWatchParts {
  /** Where records wait because they are meant to; none blocks anything there. */
  readonly parkingTopic: string | undefined;
  readonly options: ResolvedProcessOptions;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly instrumentation: Instrumentation;
  readonly attributes: MeasurementAttributes;
  readonly attempts: Pick<Attempts, "expire" | "find" | "fail">;
  readonly sleepers: Sleepers;
}

/** Fails attempts that have run longer than allowed, deals with records that block their partitions, and counts what a processor waits for. */
export class ProcessorWatch {
  readonly #parts: ProcessorWatchParts;
  readonly #headOfLine: HeadOfLine;
  readonly #slow: SlowSeconds;

  constructor(parts: ProcessorWatchParts) {
    this.#parts = parts;
    this.#headOfLine = new HeadOfLine(parts.options.headOfLine);
    this.#slow = new SlowSeconds(parts.instrumentation, parts.attributes);
  }

  get slowSeconds(): Readonly<Record<SlowReason, number>> {
    return this.#slow.seconds;
  }

  /** Once a second or so. */
  look(works: Iterable<ClaimWork>, loop: LoopLook, sample: Omit<SlowSample, "sleeping" | "isHeldBack">): void {
    const { parkingTopic, options, clock, attempts, sleepers } = this.#parts;
    attempts.expire(options.handlerTimeoutMs);
    let isHeldBack = false;
    for (const work of works) {
      isHeldBack ||= work.isHeldBack;
      if (work.claim.topic === parkingTopic) continue;
      const blocking = this.#headOfLine.look(work, clock.monotonic());
      if (blocking !== undefined) this.#unblock(blocking);
    }
    this.#slow.look(loop, { ...sample, sleeping: sleepers.size, isHeldBack });
  }

  #unblock(blocking: BlockingRecord): void {
    const { work, offset, heldMs, settledBehind } = blocking;
    const { options, logger, instrumentation, attributes, attempts, sleepers } = this.#parts;
    const { topic, partition } = work.claim;
    const { action } = options.headOfLine;
    const running = attempts.find(work, offset);
    const task = running ?? sleepers.find(work, offset);
    // It has not begun, or is being parked or put aside: there is nothing to fail. It is looked at again.
    if (task === undefined && action !== "log") return;
    this.#headOfLine.dealtWith(blocking);
    instrumentation.count("millrace.head.of.line", 1, attributes);
    const seconds = Math.round(heldMs / 1_000);
    logger.warn(`a record has held back its partition for ${seconds} s, and nearly everything behind it is settled`, {
      topic,
      partition,
      offset,
      has_key: task === undefined ? undefined : task.record.key !== null,
      attempts: task?.attempts ?? 0,
      state: running !== undefined ? "running" : task !== undefined ? "waiting for its next attempt" : "neither",
      settled_behind: settledBehind,
      action,
    });
    if (task === undefined || action === "log") return;
    const error = new RuntimeError({
      code: "RUNTIME_HEAD_OF_LINE",
      message: `${topic}/${partition} offset ${offset} has held back its partition for ${seconds} s, longer than headOfLine allows`,
    });
    if (running !== undefined) attempts.fail(task, error);
    else sleepers.overrule(task, error);
  }
}
