import type { ConformanceTarget, PlannedCell } from "@millrace/kafka/conformance";
import { afterAll, test } from "vitest";

/** One test per cell, and at the end a table of what became of each: passed or refused. There is no third; a cell that fails fails the run. */
export function runCells(suite: string, cells: readonly PlannedCell[], target: () => ConformanceTarget): void {
  const outcomes = new Map<string, string>();
  for (const cell of cells) {
    test(`${suite}: ${cell.name}`, async () => {
      outcomes.set(cell.name, "failed");
      await cell.run(target());
      outcomes.set(cell.name, cell.verdict === "run" ? "passed" : "refused");
    });
  }
  afterAll(() => {
    const lines = cells.map(({ name }) => `${(outcomes.get(name) ?? "not run").padEnd(8)} ${name}`);
    const count = (outcome: string): number => [...outcomes.values()].filter((found) => found === outcome).length;
    const summary = `${suite}: ${cells.length} cells, ${count("passed")} passed, ${count("refused")} refused, ${count("failed")} failed`;
    process.stdout.write(`${[summary, ...lines].join("\n")}\n`);
  });
}
