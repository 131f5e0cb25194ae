import type { Measurement } from "./measure.ts";
import type { Summary } from "./statistics.ts";

function round(value: number): number {
  return Number(value.toPrecision(4));
}

function number(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en-US") : value.toPrecision(3);
}

function cell(summary: Summary): string {
  return `${number(summary.median)} [${number(summary.lowerQuartile)}, ${number(summary.upperQuartile)}]`;
}

/** One line per benchmark: medians, with the quartiles in brackets. */
export function renderTable(area: string, measurements: readonly Measurement[]): string {
  const head = ["benchmark", "unit", "ours [quartiles]", "peer [quartiles]", "ratio [quartiles]"];
  const rows = measurements.map(({ name, unit, ours, comparison }) => [
    `${area}/${name}`,
    unit,
    cell(ours),
    comparison === undefined ? "" : cell(comparison.peer),
    comparison === undefined ? "" : cell(comparison.ratio),
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((text, column) => (column < 2 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  return `${[head, ...rows].map(line).join("\n")}\n`;
}

/** One object, medians only: `{ "<area>/<name>": { "ours": n, "peer": n, "ratio": n } }`, without peer and ratio where there is no peer. */
export function renderJson(area: string, measurements: readonly Measurement[]): string {
  const entries = measurements.map(({ name, ours, comparison }) => [
    `${area}/${name}`,
    {
      ours: round(ours.median),
      ...(comparison !== undefined && { peer: round(comparison.peer.median), ratio: round(comparison.ratio.median) }),
    },
  ]);
  return `${JSON.stringify(Object.fromEntries(entries))}\n`;
}
