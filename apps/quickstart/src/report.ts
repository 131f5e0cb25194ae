import type { Summary } from "./summary.ts";

/** Says what goes on, on standard error, so that standard output holds the summary alone. */
export interface Report {
  step(text: string): void;
  /** Replaces itself on a terminal; elsewhere only every tenth second is written. */
  progress(text: string): void;
}

const quietMs = 10_000;

export function createReport(stream: NodeJS.WriteStream): Report {
  let pending = false;
  let writtenAt = 0;
  const clear = (): void => {
    if (pending) stream.write("\r\u001b[K");
    pending = false;
  };
  return {
    step(text) {
      clear();
      stream.write(`${printable(text)}\n`);
    },
    progress(text) {
      if (stream.isTTY) {
        clear();
        // A line that wraps could not be cleared; some terminals say that they have no columns.
        stream.write(text.slice(0, (stream.columns || 80) - 1));
        pending = true;
      } else if (performance.now() - writtenAt > quietMs) {
        writtenAt = performance.now();
        stream.write(`${text}\n`);
      }
    },
  };
}

/** Names come from the input; a terminal would obey the control characters in them. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, "\u{fffd}");
}

/** The summary for people. */
export function renderSummary(summary: Summary): string {
  const lines: readonly (readonly [string, string])[] = [
    ["in", `${summary.in}`],
    ["handled", `${summary.handled}`],
    ["retried", `${summary.retried}`],
    ["parked", `${summary.parked} for a later round, or behind one of their key`],
    ["dead-lettered", `${summary.deadLettered}`],
    ["redriven", `${summary.redriven}`],
    ["still open", `${summary.stillOpen}`],
    ["duplicates", `${summary.duplicates}`],
    ["keys", `${summary.keys}`],
    ["largest key", `${summary.largestKey} (${(summary.largestKeyShare * 100).toFixed(0)} %)`],
    ["concurrency", `${summary.concurrencyReached} handlers at once`],
    ["order per key", summary.outOfOrder === 0 ? "kept" : `${summary.outOfOrder} deliveries out of order`],
    ["rate", `${summary.recordsPerSecond} deliveries a second`],
    ["latency", `p50 ${summary.p50Ms} ms, p99 ${summary.p99Ms} ms from published to handled`],
    ["top events", top(summary.events)],
    ["top repositories", top(summary.repositories)],
  ];
  const width = Math.max(...lines.map(([name]) => name.length));
  const table = lines.map(([name, value]) => `  ${name.padEnd(width)}  ${printable(value)}`).join("\n");
  const sum = `  ${summary.in} in = ${summary.handled} handled + ${summary.stillOpen} open dead letters${summary.missing === 0 ? "" : ` + ${summary.missing} MISSING`}`;
  const repeats =
    summary.duplicates + summary.publishedTwice === 0
      ? []
      : [
          `  ${summary.duplicates} handled again and ${summary.publishedTwice} published again: an earlier run was stopped between doing and noting it (at-least-once)`,
        ];
  return ["", "Summary, computed from the topics", table, "", sum, ...repeats].join("\n");
}

function top(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .slice(0, 3)
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");
}
