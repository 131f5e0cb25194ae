import { type Clock, InvalidOptionsError, systemClock } from "@millrace/core";
import type { Headers, Kafka } from "@millrace/kafka";
import type { DeadLetterState } from "./audit-record.ts";
import type { DeadLetter, Disposition } from "./dead-letter.ts";
import { type DeadLetterSelection, selectDeadLetters } from "./dead-letter-selection.ts";
import type { RedriveJobCounts } from "./redrive-job.ts";
import type { RetryError } from "./retry-error.ts";
import { type DeadLetterNaming, deadLetterTopicName } from "./topic-names.ts";

/** What a transform makes of a dead letter; what it leaves out stays as it was. */
export interface RedriveMessage {
  readonly key?: Buffer | null;
  readonly value?: Buffer | null;
  readonly headers?: Headers;
}

/** What every job on dead letters is told: whose letters, which of them, and how. */
export interface DeadLetterJobOptions {
  readonly kafka: Kafka;
  /** The source topic, not the dead-letter topic. */
  readonly topic: string;
  /** The group whose dead letters these are. */
  readonly group: string;
  /**
   * Names this job, in headers, audit entries and its own record. A job that was killed goes on when it is run again under its name: it sees the letters that
   * were there when it first started. Another job takes another name.
   */
  readonly job: string;
  readonly naming?: DeadLetterNaming | undefined;
  /** The dead-letter topic itself, where another system has named it. @default by `naming` */
  readonly deadLetterTopic?: string | undefined;
  /** Which letters, as data that is kept in the job's record. @default all */
  readonly select?: DeadLetterSelection | undefined;
  /** Whether to take a letter, beside `select`. @default all */
  readonly where?: ((letter: DeadLetter) => boolean) | undefined;
  /** @default only `open` */
  readonly states?: readonly Exclude<DeadLetterState, "redriven">[] | undefined;
  /** Counts and changes nothing. @default false */
  readonly dryRun?: boolean | undefined;
  /** Letters that are settled together, with the record of it: in one transaction. @default 1_000 */
  readonly batchSize?: number | undefined;
  /** Who does it, for the job's record. @default the client's id */
  readonly by?: string | undefined;
  readonly clock?: Clock | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told after each batch. */
  readonly onProgress?: ((progress: RedriveProgress) => void) | undefined;
}

/** Which dead letters to bring back, and how. */
export interface RedriveOptions extends DeadLetterJobOptions {
  /**
   * `retry`: the group's retry topic, so that nobody else sees them again. `source`: the topic that they came from, for every group that reads it, each letter
   * to its old partition. Another topic gets them by their keys.
   * @default "retry"
   */
  readonly to?: "retry" | "source" | { readonly topic: string } | undefined;
  /** Topics that may be written to. @default the group's retry topic alone */
  readonly allowedTopics?: readonly string[] | undefined;
  /** Mends a letter on its way, such as an upcaster. null leaves it open. A throw leaves it open and is reported. */
  readonly transform?: ((letter: DeadLetter) => RedriveMessage | null | Promise<RedriveMessage | null>) | undefined;
  /** Letters that were brought back so often already are parked instead; `Infinity` never parks. @default 5 */
  readonly maxRedrives?: number | undefined;
  /** Letters a second, spread evenly. @default no limit */
  readonly ratePerSecond?: number | undefined;
}

/** How far a job has come. */
export interface RedriveProgress extends RedriveJobCounts {
  readonly job: string;
  /** Since this run began. */
  readonly elapsedMs: number;
}

/** What a redrive did; with `dryRun`, what it would do. */
export interface RedriveReport {
  readonly job: string;
  readonly dryRun: boolean;
  /** Letters of the group in the states asked for: by default the open ones. */
  readonly open: number;
  /** Letters sent back. */
  readonly redriven: number;
  /** Letters that had been brought back too often: they are `parked` now. */
  readonly parked: number;
  /** Letters left as they were because `select`, `where` or `transform` said so. */
  readonly left: number;
  /**
   * Letters left as they were because `transform` failed, or because they cannot be sent as they are (too large, no such partition). The first thousand; the
   * rest are counted in `failures`.
   */
  readonly failed: readonly { readonly id: string; readonly error: RetryError }[];
  readonly failures: number;
  /** Letters that have come since the job first started: another job finds them. */
  readonly newer: number;
  /** Whether an earlier run of this job went before. */
  readonly resumed: boolean;
  /** How many letters there were by reason and by error type. */
  readonly reasons: readonly ReasonCount[];
  /** Where letters were sent, and every group that sees them again. */
  readonly destinations: readonly { readonly topic: string; readonly groups: readonly string[]; readonly count: number }[];
}

/** What discarding did; with `dryRun`, what it would do. */
export interface DiscardReport extends Pick<RedriveReport, "job" | "dryRun" | "open" | "left" | "newer" | "resumed" | "reasons"> {
  readonly discarded: number;
}

/** How many letters became such for one reason. */
export interface ReasonCount {
  readonly disposition: Disposition;
  readonly type: string;
  readonly count: number;
}

/** Options of a job with nothing left out. */
export interface ResolvedJobOptions extends DeadLetterJobOptions {
  readonly deadLetterTopic: string;
  readonly select: DeadLetterSelection;
  /** `select` and `where` together. */
  readonly isMeant: (letter: DeadLetter) => boolean;
  readonly states: readonly Exclude<DeadLetterState, "redriven">[];
  readonly dryRun: boolean;
  readonly batchSize: number;
  readonly by: string;
  readonly clock: Clock;
}

const closable: readonly DeadLetterState[] = ["open", "discarded", "parked"];

/**
 * Fills in and checks what every job is told; `problems` are those found already.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) with every problem at once; RetryError (`RETRY_BAD_TOPIC_NAME`)
 */
export function resolveJobOptions(owner: string, options: DeadLetterJobOptions, problems: readonly string[] = []): ResolvedJobOptions {
  const { job, batchSize = 1_000, select = {}, where, states = ["open"], dryRun = false, by = options.kafka.clientId } = options;
  const all = [...problems];
  if (typeof job !== "string" || job === "") all.push("job must be a text of at least one character");
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) all.push(`batchSize must be a whole number of at least 1, not ${batchSize}`);
  const strange = states.filter((state) => !closable.includes(state));
  if (strange.length > 0) all.push(`states may hold ${closable.join(", ")}, not ${strange.join(", ")}`);
  let isSelected: (letter: DeadLetter) => boolean = () => true;
  try {
    isSelected = selectDeadLetters(select);
  } catch (error) {
    if (!InvalidOptionsError.is(error)) throw error;
    all.push(...error.problems.map((problem) => `select: ${problem}`));
  }
  if (all.length > 0) throw new InvalidOptionsError(owner, all);
  return {
    ...options,
    deadLetterTopic: options.deadLetterTopic ?? deadLetterTopicName(options.topic, options.naming),
    select,
    isMeant: (letter) => isSelected(letter) && where?.(letter) !== false,
    states,
    dryRun,
    batchSize,
    by,
    clock: options.clock ?? systemClock,
  };
}
