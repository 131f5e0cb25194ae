import { expect, test } from "vitest";
import { decoded, subscriber } from "../../../test/support/assignor-fixtures.ts";
import { rangeAssignor } from "./range-assignor.ts";

function assigned(members: Readonly<Record<string, readonly string[]>>, counts: Readonly<Record<string, number>>): Record<string, string> {
  const subscribers = Object.entries(members).map(([memberId, topics]) => subscriber(memberId, topics));
  const assignment = decoded(rangeAssignor.assign(subscribers, (topic) => counts[topic] ?? 0));
  return Object.fromEntries(Object.entries(assignment).map(([member, held]) => [member, held.join(" ")]));
}

// The examples of the documentation of Java's RangeAssignor, and cases of its tests.
test.each([
  [
    "three partitions for two members, twice",
    { C0: ["t0", "t1"], C1: ["t0", "t1"] },
    { t0: 3, t1: 3 },
    { C0: "t0-0 t0-1 t1-0 t1-1", C1: "t0-2 t1-2" },
  ],
  ["as many members as partitions", { C0: ["t0"], C1: ["t0"] }, { t0: 2 }, { C0: "t0-0", C1: "t0-1" }],
  ["more members than partitions", { C0: ["t0"], C1: ["t0"], C2: ["t0"] }, { t0: 1 }, { C0: "t0-0", C1: "", C2: "" }],
  [
    "members that subscribe to different topics",
    { C0: ["t0"], C1: ["t0", "t1"], C2: ["t0"] },
    { t0: 3, t1: 2 },
    { C0: "t0-0", C1: "t0-1 t1-0 t1-1", C2: "t0-2" },
  ],
  ["eight partitions for three members", { a: ["t"], b: ["t"], c: ["t"] }, { t: 8 }, { a: "t-0 t-1 t-2", b: "t-3 t-4 t-5", c: "t-6 t-7" }],
  ["members that came in another order", { C1: ["t0"], C0: ["t0"] }, { t0: 3 }, { C0: "t0-0 t0-1", C1: "t0-2" }],
  ["a topic that does not exist, and one that nobody wants", { C0: ["gone"] }, { other: 3 }, { C0: "" }],
])("ranges are those of Java: %s", (_case, members, counts, expected) => {
  expect(assigned(members, counts)).toEqual(expected);
});
