import { type Kafka, type KafkaRecord, type RawMessage, readTopics } from "@millrace/kafka";
import { readAuditBody } from "./audit-record.ts";
import type { DeadLetterSelection } from "./dead-letter-selection.ts";
import { auditTopicName, type DeadLetterNaming, deadLetterTopicName } from "./topic-names.ts";

/** What a job did with the letters that it found. */
export interface RedriveJobCounts {
  /** Letters in the states asked for. */
  readonly open: number;
  readonly redriven: number;
  readonly discarded: number;
  readonly parked: number;
  readonly left: number;
  readonly failed: number;
}

/** Who did what to which dead letters, and when: the record of one job, kept beside what became of each letter. */
export interface RedriveJob {
  readonly job: string;
  readonly group: string;
  readonly action: "redrive" | "discard";
  /** Who started it. */
  readonly by: string;
  /** Where letters were sent; null when they were discarded. */
  readonly target: string | null;
  /** null when it is too large to be kept. */
  readonly selection: DeadLetterSelection | null;
  /** Milliseconds since the epoch: its first start. */
  readonly startedAt: number;
  /** Its last start; differs from the first when it was resumed. */
  readonly resumedAt: number;
  /** null while it runs, and for ever when it was killed. */
  readonly endedAt: number | null;
  /** Where the dead-letter topic ended when the job first started, by partition: what came later is not its business. */
  readonly ends: Readonly<Record<string, number>>;
  /**
   * What it has done so far, exactly, also when it was killed: over all its runs, but for `left` and `failed`, which are the last one's. `open`: at its first
   * start.
   */
  readonly counts: RedriveJobCounts;
}

const largestSelection = 65_536;
const countNames: readonly (keyof RedriveJobCounts)[] = ["open", "redriven", "discarded", "parked", "left", "failed"];

/** The key of a job's record. No letter has such an id: topic names hold no colon. */
export function jobKey(group: string, job: string): string {
  return `job:${JSON.stringify([group, job])}`;
}

/** Turns a job into the record that is written to the audit topic. */
export function encodeJob(topic: string, job: RedriveJob): RawMessage {
  const iso = (time: number): string => new Date(time).toISOString();
  const selection = JSON.stringify(job.selection).length > largestSelection ? null : job.selection;
  const body = {
    ...job,
    selection,
    startedAt: iso(job.startedAt),
    resumedAt: iso(job.resumedAt),
    endedAt: job.endedAt === null ? null : iso(job.endedAt),
  };
  return { topic, key: Buffer.from(jobKey(job.group, job.job), "utf8"), value: Buffer.from(JSON.stringify(body), "utf8") };
}

/** Reads a job back; undefined for a record that is none. */
export function decodeJob(record: KafkaRecord): RedriveJob | undefined {
  const body = readAuditBody(record);
  if (body === undefined) return undefined;
  const { job, group, action, by, target, selection, startedAt, resumedAt, endedAt, ends, counts } = body;
  if (typeof job !== "string" || typeof group !== "string" || typeof by !== "string") return undefined;
  if (record.key?.toString("utf8") !== jobKey(group, job)) return undefined;
  if (action !== "redrive" && action !== "discard") return undefined;
  if (!isCounts(ends) || !isCounts(counts) || !countNames.every((name) => name in counts)) return undefined;
  const started = timeOf(startedAt);
  const resumed = timeOf(resumedAt);
  if (started === null || resumed === null) return undefined;
  return {
    job,
    group,
    action,
    by,
    target: typeof target === "string" ? target : null,
    selection: isObject(selection) ? selection : null,
    startedAt: started,
    resumedAt: resumed,
    endedAt: timeOf(endedAt),
    ends,
    counts: counts as unknown as RedriveJobCounts,
  };
}

/** Reads the jobs that were run on the dead letters of a topic, each as it last stood, the oldest first. */
export async function readRedriveJobs(options: {
  readonly kafka: Kafka;
  /** The source topic, not the dead-letter topic. */
  readonly topic: string;
  /** Only this group's. @default every group's */
  readonly group?: string | undefined;
  readonly naming?: DeadLetterNaming | undefined;
  /** The dead-letter topic itself, where another system has named it. @default by `naming` */
  readonly deadLetterTopic?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}): Promise<readonly RedriveJob[]> {
  const { kafka, topic, group, signal } = options;
  const { deadLetterTopic = deadLetterTopicName(topic, options.naming) } = options;
  const jobs = new Map<string, RedriveJob>();
  for await (const record of readTopics(kafka, [auditTopicName(deadLetterTopic)], { signal })) {
    const job = decodeJob(record);
    if (job !== undefined && (group === undefined || job.group === group)) jobs.set(jobKey(job.group, job.job), job);
  }
  return [...jobs.values()].sort((a, b) => a.startedAt - b.startedAt);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is Readonly<Record<string, number>> {
  return isObject(value) && Object.values(value).every(isCount);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function timeOf(value: unknown): number | null {
  const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}
