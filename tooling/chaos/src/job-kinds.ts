import type { RawMessage } from "@millrace/kafka";
import type { Disposition } from "@millrace/retry";

/** How a record behaves, whoever handles it, in each of its lives (0 before its first redrive). Its predicted end follows from that alone. */
export interface JobKind {
  /** Drawn so often, of 100. */
  readonly share: number;
  /** Why it becomes a dead letter in this life; undefined when it does not. There are later rounds, or retries in place only. */
  readonly deadLetter: (redrives: number, hasRounds: boolean) => Disposition | undefined;
  /** What its handler does in this attempt. */
  readonly act: (redrives: number, attempt: number, round: number) => "return" | "throw" | "later" | "reject" | "skip" | "hang";
  /** Its value, where it is not a plain one. */
  readonly value?: RawMessage["value"];
}

const never = (): undefined => undefined;

export const jobKinds = {
  plain: { share: 57, deadLetter: never, act: () => "return" },
  flaky: { share: 10, deadLetter: never, act: (_redrives, attempt) => (attempt === 1 ? "throw" : "return") },
  patient: {
    share: 5,
    deadLetter: (_redrives, hasRounds) => (hasRounds ? undefined : "attempts-exhausted"),
    act: (_redrives, _attempt, round) => (round === 1 ? "later" : "return"),
  },
  unwanted: { share: 4, deadLetter: never, act: () => "skip" },
  poison: { share: 5, deadLetter: () => "not-retryable", act: () => "reject" },
  stubborn: { share: 4, deadLetter: () => "attempts-exhausted", act: () => "throw" },
  hanging: { share: 2, deadLetter: () => "attempts-exhausted", act: () => "hang" },
  curable: {
    share: 7,
    deadLetter: (redrives) => (redrives === 0 ? "not-retryable" : undefined),
    act: (redrives) => (redrives === 0 ? "reject" : "return"),
  },
  tombstone: { share: 3, deadLetter: () => "not-retryable", act: () => "return", value: null },
  garbage: { share: 3, deadLetter: () => "undecodable", act: () => "return", value: Buffer.from("{not json") },
} as const satisfies Readonly<Record<string, JobKind>>;

export type JobKindName = keyof typeof jobKinds;

/** The name of the header that holds a record's kind. */
export const kindHeader = "kind";

export function jobKindOf(headers: RawMessage["headers"]): JobKind {
  const name = (headers ?? []).find(([header]) => header === kindHeader)?.[1]?.toString();
  const kind: JobKind | undefined = jobKinds[name as JobKindName];
  if (kind === undefined) throw new Error(`there is no kind of job called ${name}`);
  return kind;
}

/** Draws a kind by the shares. */
export function drawJobKind(random: () => number): JobKindName {
  let left = random() * 100;
  for (const [name, { share }] of Object.entries(jobKinds)) {
    left -= share;
    if (left < 0) return name as JobKindName;
  }
  return "plain";
}
