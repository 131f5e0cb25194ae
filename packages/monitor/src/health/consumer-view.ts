import type { TopicPartition } from "@millrace/kafka";
import type { HealthReason, ProbeAnswer } from "./probe.ts";

/** What is known of a consumer. */
export interface ConsumerView {
  /** It has ended, with or without a failure. */
  readonly ended: { readonly error: unknown } | undefined;
  /**
   * Where it stands in its group: `member`, as both it and the group say; `outside`, as it says itself; `unlisted`: it takes itself for a member, and the group
   * does not know it; `replaced`: another has its `groupInstanceId`; `untold`: it needs no group, or the group could not be asked.
   */
  readonly standing: "member" | "outside" | "unlisted" | "replaced" | "untold";
  /** For how long it has stood there, in milliseconds. */
  readonly standingForMs: number;
  /** For how long nothing came back of what its handlers have in hand, in milliseconds; undefined: they have nothing. */
  readonly inHandForMs: number | undefined;
  /** Partitions that stand still although there are records to read, and for how long, in milliseconds. */
  readonly still: readonly (TopicPartition & { readonly forMs: number })[];
}

/** What is called too long, in milliseconds. */
export interface ConsumerLimits {
  readonly outsideMs: number;
  readonly zombieMs: number;
  readonly hungMs: number;
  readonly stalledMs: number;
}

/** Judges a consumer. */
export function assessConsumer(view: ConsumerView, limits: ConsumerLimits): ProbeAnswer {
  const { ended, standing, standingForMs: forMs, inHandForMs, still } = view;
  if (ended !== undefined) {
    const isFailure = ended.error !== undefined;
    const message = isFailure ? "the consumer was stopped by a failure" : "the consumer is closed";
    return { ready: false, live: false, reasons: [{ code: "dead", message, ...(isFailure ? { error: ended.error } : {}) }] };
  }
  const reasons: (HealthReason & { readonly isFatal: boolean })[] = [];
  if (standing === "replaced") reasons.push({ code: "fenced", message: "another member has its group instance id", forMs, isFatal: true });
  if (standing === "unlisted")
    reasons.push({ code: "zombie", message: "its group does not know it any more", forMs, isFatal: forMs >= limits.zombieMs });
  if (standing === "outside")
    reasons.push({ code: "joining", message: "it is no member of its group", forMs, isFatal: forMs >= limits.outsideMs });
  if (inHandForMs !== undefined && inHandForMs >= limits.hungMs)
    reasons.push({ code: "hung", message: "a handler does not come back", forMs: inHandForMs, isFatal: true });
  else {
    // What a handler has in hand explains why nothing moves, for as long as a handler may take.
    const limitMs = inHandForMs === undefined ? limits.stalledMs : Math.max(limits.stalledMs, limits.hungMs);
    const stalled = still.filter((place) => place.forMs >= limitMs);
    const [first] = stalled;
    if (first !== undefined) {
      const others = stalled.length > 1 ? ` and ${stalled.length - 1} more` : "";
      const message = `${first.topic}/${first.partition}${others} does not move, although there are records to read`;
      reasons.push({ code: "stalled", message, forMs: Math.max(...stalled.map((place) => place.forMs)), isFatal: true });
    }
  }
  return {
    ready: reasons.length === 0,
    live: !reasons.some(({ isFatal }) => isFatal),
    reasons: reasons.map(({ isFatal: _isFatal, ...reason }) => reason),
  };
}
