import type { ConformanceTarget, PlannedCell } from "./conformance-cell.ts";

/** What a test runner gives: vitest, node:test, jest and mocha have functions of this shape. */
export interface CellRunner {
  test(title: string, run: () => Promise<void>): unknown;
  afterAll(finish: () => void): unknown;
  /** Gets a summary and one line per cell at the end. */
  print(report: string): void;
}

/**
 * Declares a test per cell, titled with the suite's name, and at the end a report of what became of each: `passed` or `refused`. There is no
 * third: a cell that fails fails the run. `target` is asked when a cell runs.
 */
export function declareCells(suite: string, cells: readonly PlannedCell[], target: () => ConformanceTarget, runner: CellRunner): void {
  const outcomes = new Map<string, string>();
  for (const cell of cells) {
    runner.test(`${suite}: ${cell.name}`, async () => {
      outcomes.set(cell.name, "failed");
      await cell.run(target());
      outcomes.set(cell.name, cell.verdict === "run" ? "passed" : "refused");
    });
  }
  runner.afterAll(() => {
    const lines = cells.map(({ name }) => `${(outcomes.get(name) ?? "not run").padEnd(8)} ${name}`);
    const count = (outcome: string): number => [...outcomes.values()].filter((found) => found === outcome).length;
    const summary = `${suite}: ${cells.length} cells, ${count("passed")} passed, ${count("refused")} refused, ${count("failed")} failed`;
    runner.print([summary, ...lines].join("\n"));
  });
}
