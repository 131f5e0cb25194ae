import type { OffsetCommitted, RecordPlace, RecordSettled } from "./history-event.ts";
import type { IndexedHistory, Told } from "./indexed-history.ts";

/** Which repetitions are nobody's fault. */
export interface Excuses {
  /**
   * Whether a record may end again: whoever ended it before was killed in between, or cut off, while the group's offsets did not tell yet that it was settled,
   * neither where it ended nor where it was stored first; or whoever ends it now is cut off and does not know what others have done; or one of both had given
   * it up, and ended it late.
   */
  excuse(before: Told<RecordSettled>, again: Told<RecordSettled>, first: RecordPlace): boolean;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Makes the judge of repetitions. */
export function createExcuses({ commits, strikes }: Pick<IndexedHistory, "commits" | "strikes">): Excuses {
  const byPartition = new Map<string, Told<OffsetCommitted>[]>();
  for (const told of commits) {
    const name = partitionName(told.event);
    const list = byPartition.get(name);
    if (list === undefined) byPartition.set(name, [told]);
    else list.push(told);
  }
  const killedAt = new Map<string, number>();
  const spans = new Map<string, Span[]>();
  for (const { event, at } of strikes) {
    const { worker, by } = event;
    const known = spans.get(worker) ?? [];
    if (by === "killed") killedAt.set(worker, at);
    else if (by === "cut-off") spans.set(worker, [...known, { from: at, to: Number.POSITIVE_INFINITY }]);
    else
      spans.set(
        worker,
        known.map((span) => (span.to === Number.POSITIVE_INFINITY ? { ...span, to: at } : span)),
      );
  }
  const isPlaceCovered = (place: RecordPlace, at: number): boolean => {
    const latest = byPartition.get(partitionName(place))?.findLast((commit) => commit.at < at)?.event;
    if (latest === undefined) return false;
    return place.offset < latest.offset || (latest.above ?? []).some(({ from, to }) => from <= place.offset && place.offset < to);
  };
  return {
    excuse({ event: before, at: beforeAt }, { event: again, at: againAt }, first) {
      const isCovered = (at: number): boolean => isPlaceCovered(before.place, at) && isPlaceCovered(first, at);
      if (before.isLate === true || again.isLate === true) return true;
      if ((spans.get(again.worker) ?? []).some(({ from, to }) => from < againAt && againAt < to)) return true;
      const killed = killedAt.get(before.worker);
      if (killed !== undefined && beforeAt < killed && killed < againAt && !isCovered(killed)) return true;
      return (spans.get(before.worker) ?? []).some(
        ({ from, to }) => from < againAt && to > beforeAt && !isCovered(Math.max(from, beforeAt)),
      );
    },
  };
}

function partitionName({ topic, partition }: Pick<RecordPlace, "topic" | "partition">): string {
  return `${topic}/${partition}`;
}
