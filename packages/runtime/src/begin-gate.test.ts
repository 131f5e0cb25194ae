import { expect, test } from "vitest";
import { createWork, recordOf } from "../test/support/processor-harness.ts";
import { BeginGate } from "./begin-gate.ts";
import type { ClaimWork } from "./claim-work.ts";
import { RecordTask } from "./record-task.ts";

const taskOf = (work: ClaimWork, offset: number): RecordTask => new RecordTask(recordOf(work.claim, offset, "a", "x"), work, null);

test("what is held begins when its partition is open again or goes, and what is not held stays out of it", () => {
  const begun: RecordTask[] = [];
  const gate = new BeginGate((task) => begun.push(task));
  const [going, staying, open] = [createWork({ partition: 0 }), createWork({ partition: 1 }), createWork({ partition: 2 })];
  const [one, two, three] = [taskOf(going, 0), taskOf(going, 1), taskOf(staying, 0)];
  expect(gate.holds(one)).toBe(false);
  gate.close((partition) => partition < 2);
  expect([one, two, three, taskOf(open, 0)].map((task) => gate.holds(task))).toEqual([true, true, true, false]);
  expect(begun).toEqual([]);
  // It may not be handled any more, but it must be let go of.
  going.drain();
  expect(begun).toEqual([one, two]);
  expect(gate.holds(one)).toBe(false);
  gate.close((partition) => partition === 0);
  expect(begun).toEqual([one, two, three]);
  gate.close(undefined);
  expect(begun).toHaveLength(3);
});
