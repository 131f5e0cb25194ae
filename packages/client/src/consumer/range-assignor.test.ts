import { expect, test } from "vitest";
import { assignRanges } from "./range-assignor.ts";

function assigned(members: Readonly<Record<string, readonly string[]>>, counts: Readonly<Record<string, number>>): Record<string, string> {
  const subscribers = Object.entries(members).map(([memberId, topics]) => ({ memberId, topics }));
  const assignment = assignRanges(subscribers, (topic) => counts[topic] ?? 0);
  return Object.fromEntries(
    [...assignment].map(([member, topics]) => [
      member,
      [...topics].flatMap(([topic, partitions]) => partitions.map((partition) => `${topic}p${partition}`)).join(" "),
    ]),
  );
}

// The examples of the documentation of Java's RangeAssignor, and cases of its tests.
test.each([
  [
    "three partitions for two members, twice",
    { C0: ["t0", "t1"], C1: ["t0", "t1"] },
    { t0: 3, t1: 3 },
    { C0: "t0p0 t0p1 t1p0 t1p1", C1: "t0p2 t1p2" },
  ],
  ["as many members as partitions", { C0: ["t0"], C1: ["t0"] }, { t0: 2 }, { C0: "t0p0", C1: "t0p1" }],
  ["more members than partitions", { C0: ["t0"], C1: ["t0"], C2: ["t0"] }, { t0: 1 }, { C0: "t0p0", C1: "", C2: "" }],
  [
    "members that subscribe to different topics",
    { C0: ["t0"], C1: ["t0", "t1"], C2: ["t0"] },
    { t0: 3, t1: 2 },
    { C0: "t0p0", C1: "t0p1 t1p0 t1p1", C2: "t0p2" },
  ],
  ["eight partitions for three members", { a: ["t"], b: ["t"], c: ["t"] }, { t: 8 }, { a: "tp0 tp1 tp2", b: "tp3 tp4 tp5", c: "tp6 tp7" }],
  ["members that came in another order", { C1: ["t0"], C0: ["t0"] }, { t0: 3 }, { C0: "t0p0 t0p1", C1: "t0p2" }],
  ["a topic that does not exist, and one that nobody wants", { C0: ["gone"] }, { other: 3 }, { C0: "" }],
])("ranges are those of Java: %s", (_case, members, counts, expected) => {
  expect(assigned(members, counts)).toEqual(expected);
});
