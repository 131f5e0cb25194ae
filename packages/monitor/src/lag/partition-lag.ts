import type { FirstRecordAnswer } from "./first-records.ts";
import type { LagSample } from "./lag-sample.ts";
import type { PartitionReading } from "./read-groups.ts";

/** How far behind a group is on a partition, without a judgement. */
export interface PartitionLagFound {
  readonly records: number | null;
  readonly isCaughtUp: boolean | null;
  readonly timeMs: number | null;
}

/** The part of the log that the group may read and has not committed; undefined: there is none, or it cannot be told. */
export function unreadRange(
  { committed, log }: Pick<PartitionReading, "committed" | "log">,
  isolation: "read_committed" | "read_uncommitted",
): { readonly from: number; readonly to: number; readonly start: number } | undefined {
  if (committed === null || log === null) return undefined;
  const to = isolation === "read_committed" ? log.stableEnd : log.end;
  return committed < to ? { from: committed, to, start: log.start } : undefined;
}

/** Puts together what the cluster says and what the first unread record says; `answer` is undefined where nothing had to be asked, null where nothing was found out. */
export function partitionLag(
  { committed, log }: Pick<PartitionReading, "committed" | "log">,
  unread: { readonly to: number } | undefined,
  answer: FirstRecordAnswer | null | undefined,
  now: number,
): PartitionLagFound {
  if (log === null) return { records: null, isCaughtUp: null, timeMs: null };
  // Where the group will begin is not known; where there is nothing it does not matter.
  if (committed === null) return { records: null, ...(log.start >= log.end ? caughtUp : { isCaughtUp: null, timeMs: null }) };
  const records = Math.max(0, log.end - committed);
  // The log was cut off or made anew: where the group goes on is for its consumers to decide.
  if (committed > log.end) return { records, isCaughtUp: null, timeMs: null };
  if (unread === undefined) return { records, ...caughtUp };
  if (answer === undefined || answer === null) return { records, isCaughtUp: answer === undefined ? false : null, timeMs: null };
  const { offset, timestamp } = answer;
  if (timestamp === null) return { records, ...(offset >= unread.to ? caughtUp : { isCaughtUp: null, timeMs: null }) };
  // Records of formats before Kafka 0.10 have no time.
  return { records, isCaughtUp: false, timeMs: timestamp < 0 ? null : Math.max(0, now - timestamp) };
}

/** What is kept of it; undefined where the log cannot be seen, or ends before what was committed. */
export function sampleOf(
  { committed, log, isHeld }: Pick<PartitionReading, "committed" | "log" | "isHeld">,
  { records, isCaughtUp }: PartitionLagFound,
  at: number,
): LagSample | undefined {
  if (log === null || (committed !== null && committed > log.end)) return undefined;
  return { at, committed, end: log.end, left: isCaughtUp === true ? 0 : (records ?? log.end - log.start), isHeld };
}

const caughtUp = { isCaughtUp: true, timeMs: 0 } as const;
