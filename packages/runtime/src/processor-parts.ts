import type { Clock, Instrumentation, Logger, Random } from "@millrace/core";
import type { Producer, TopicCodec } from "@millrace/kafka";
import type { DeadLetterWriter } from "@millrace/retry";
import type { BatchHandler } from "./batch/batch-handler.ts";
import type { ClaimWork } from "./claim-work.ts";
import type { Handler } from "./handler.ts";
import type { Intake } from "./intake.ts";
import type { ResolvedProcessOptions } from "./process-options.ts";
import type { SlowReason } from "./slow-reason.ts";

/** What a processor has done since it was made. With `exactlyOnce`, work whose transaction was aborted counts, and counts again when it is done again. */
export interface ProcessorStatistics {
  readonly handled: number;
  readonly retried: number;
  readonly deadLettered: number;
  readonly skipped: number;
  /** Put into the retry topic: after a failed round, or behind one of the same key. */
  readonly parked: number;
  /** Records that wait in the retry partitions held now. */
  readonly waiting: number;
  /** What it has waited for, in seconds: every second since it began counts for one reason. */
  readonly slowSeconds: Readonly<Record<SlowReason, number>>;
  /** Handlers running now. */
  readonly running: number;
  /** The most handlers that ever ran at once. */
  readonly peakConcurrency: number;
}

/** What a processor is made of. */
export interface ProcessorParts {
  readonly topic: string;
  readonly group: string;
  readonly options: ResolvedProcessOptions;
  readonly handler: Handler<unknown, unknown>;
  /** Takes the place of the handler. */
  readonly batch?: BatchParts | undefined;
  readonly codec: TopicCodec<unknown, unknown>;
  readonly producer: Producer;
  /** For records that are parked, which may be as large as their topic allows. */
  readonly parkingProducer: Pick<Producer, "sendRaw">;
  readonly deadLetters: DeadLetterWriter;
  readonly intake: Intake;
  /** For what waits in retry partitions with `retryLater`: it must not keep the source from being read. */
  readonly parkedIntake: Intake;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly instrumentation: Instrumentation;
  /** A record was settled: its partition may have something to commit. */
  settled(work: ClaimWork): void;
  /** The runtime must stop. */
  halt(error: unknown): void;
}

/** How records are handled in batches. */
export interface BatchParts {
  readonly handler: BatchHandler<unknown, unknown>;
  readonly size: number;
  readonly lingerMs: number;
}
