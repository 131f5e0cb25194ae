import type { LagSample } from "./lag-sample.ts";

/**
 * How a group does on a partition.
 *
 * - `ok`: it keeps up, or catches up.
 * - `idle`: it had read everything the whole time, and nothing came.
 * - `paused`: whoever consumes it says so.
 * - `warning`: it moves, and its lag never shrinks.
 * - `rewound`: its committed offset went back, and it has not caught up since.
 * - `stalled`: a member holds it, and commits nothing new.
 * - `stopped`: no member holds it, and nothing is committed any more.
 * - `unknown`: it has committed nothing, or was not watched for long enough.
 */
export type PartitionStatus = "ok" | "idle" | "paused" | "warning" | "rewound" | "stalled" | "stopped" | "unknown";

/**
 * Tells the status from what was seen, without thresholds: by the rules of Burrow, in its order. A window with a sample in which nothing was left to read is
 * `ok`; only what came after the committed offset last went back counts for that, because what was read before says nothing about what is to be read again.
 * Burrow knows when a group committed; samples tell only that an offset is another one, so a silent group has stopped when no member holds the partition
 * for longer than it was seen to move, and is stalled when one does for the whole window.
 */
export function partitionStatus(samples: readonly LagSample[], window: number): Exclude<PartitionStatus, "paused"> {
  const last = samples.at(-1);
  if (last === undefined || samples.length < window) return "unknown";
  // A group that may start anywhere has nothing to read where there is nothing.
  if (last.committed === null && last.left > 0) return "unknown";
  if (last.left === 0) return samples.every(({ committed, end }) => committed === last.committed && end === last.end) ? "idle" : "ok";
  const rewoundAt = samples.findLastIndex((sample, index) => index > 0 && isBefore(sample.committed, samples[index - 1]?.committed));
  if (samples.slice(Math.max(0, rewoundAt)).some(({ left }) => left === 0)) return "ok";
  if (rewoundAt >= 0) return "rewound";
  if (!last.isHeld && hasFallenSilent(samples, last.at)) return "stopped";
  if (samples.every(({ committed }) => committed === last.committed)) return "stalled";
  return samples.some(({ left }, index) => index > 0 && left < (samples[index - 1] as LagSample).left) ? "ok" : "warning";
}

function isBefore(offset: number | null, other: number | null | undefined): boolean {
  return offset !== null && other !== null && other !== undefined && offset < other;
}

/** Whether the offset has stood still for longer than it moved. */
function hasFallenSilent(samples: readonly LagSample[], now: number): boolean {
  const moved = samples.findLastIndex(({ committed }, index) => index > 0 && committed !== samples[index - 1]?.committed);
  const firstAt = (samples[0] as LagSample).at;
  const movedAt = moved < 0 ? firstAt : (samples[moved] as LagSample).at;
  return now - movedAt > movedAt - firstAt;
}
