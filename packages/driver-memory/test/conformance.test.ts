import { createBrokerEngine } from "@millrace/embedded-kafka";
import { createKafka } from "@millrace/kafka";
import { type ConformanceTarget, conformanceCells, runnable } from "@millrace/kafka/conformance";
import { afterAll, expect, test } from "vitest";
import { memory, memoryCapabilities } from "../src/index.ts";

const engine = createBrokerEngine();
const driver = memory({ engine });
const closedEngine = createBrokerEngine();
closedEngine.close();
const target: ConformanceTarget = {
  createKafka: (options) => createKafka({ ...options, driver }),
  createUnreachableKafka: () => createKafka({ driver: memory({ engine: closedEngine }) }),
};

const cells = runnable(conformanceCells, memoryCapabilities);
const outcomes = new Map<string, "failed" | "passed" | "refused">(cells.map(({ name }) => [name, "failed"]));

for (const cell of cells) {
  test(`memory: ${cell.name}`, async () => {
    await cell.run(target);
    outcomes.set(cell.name, cell.verdict === "run" ? "passed" : "refused");
  });
}

test("memory: every cell has passed or is refused, and none is left out", () => {
  expect(cells).toHaveLength(conformanceCells.length);
  expect([...outcomes].filter(([, outcome]) => outcome === "failed")).toEqual([]);
});

afterAll(() => {
  engine.close();
  const count = (outcome: string): number => [...outcomes.values()].filter((found) => found === outcome).length;
  const lines = [...outcomes].map(([name, outcome]) => `${outcome.padEnd(8)} ${name}`);
  const summary = `memory: ${cells.length} cells, ${count("passed")} passed, ${count("refused")} refused, ${count("failed")} failed`;
  process.stdout.write(`${[summary, ...lines].join("\n")}\n`);
});
