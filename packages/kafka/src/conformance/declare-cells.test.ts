import { expect, test } from "vitest";
import { declareCells } from "./declare-cells.ts";

test("every cell is a test of its own, and the report says what became of it", async () => {
  const tests = new Map<string, () => Promise<void>>();
  const finish: (() => void)[] = [];
  let report = "";
  const cell = (name: string, verdict: "refused" | "run", run: () => Promise<void>) => ({ name, verdict, run });
  const cells = [
    cell("works", "run", () => Promise.resolve()),
    cell("cannot", "refused", () => Promise.resolve()),
    cell("breaks", "run", () => Promise.reject(new Error("broken"))),
    cell("waits", "run", () => Promise.resolve()),
  ];
  declareCells("a driver", cells, () => ({ createKafka: () => expect.fail(), createUnreachableKafka: () => expect.fail() }), {
    test: (title, run) => tests.set(title, run),
    afterAll: (end) => finish.push(end),
    print: (text) => {
      report = text;
    },
  });
  expect([...tests.keys()]).toEqual(["a driver: works", "a driver: cannot", "a driver: breaks", "a driver: waits"]);
  await tests.get("a driver: works")!();
  await tests.get("a driver: cannot")!();
  await expect(tests.get("a driver: breaks")!()).rejects.toThrow("broken");
  for (const end of finish) end();
  expect(report.split("\n")).toEqual([
    "a driver: 4 cells, 1 passed, 1 refused, 1 failed",
    "passed   works",
    "refused  cannot",
    "failed   breaks",
    "not run  waits",
  ]);
});
