import { noInstrumentation } from "@millrace/core";
import { expect, test } from "vitest";
import type { GroupReport, PartitionReport } from "../group-report.ts";
import { stateLagGauges } from "./lag-gauges.ts";

function report(group: string, partitions: readonly Partial<PartitionReport>[], problem: Error | null = null): GroupReport {
  return { group, partitions, problem } as unknown as GroupReport;
}

/** What was stated, by the gauge's name without its beginning and by its attributes; counts of 0 left out. */
function stated(groups: readonly GroupReport[], before: readonly GroupReport[] = []): Readonly<Record<string, number>> {
  const gauges: Record<string, number> = {};
  const gauge = (name: string, value: number, attributes: object = {}): void => {
    const key = [name.replace("millrace.lag.", ""), ...Object.values(attributes)].join(" ");
    expect(gauges).not.toHaveProperty([key]);
    if (value !== 0 || !name.endsWith("partitions")) gauges[key] = value;
  };
  stateLagGauges({ ...noInstrumentation, gauge }, groups, before);
  return gauges;
}

const partitions = [
  { topic: "t", partition: 0, records: 5, timeMs: 1_500, status: "warning" },
  { topic: "t", partition: 1, records: 2, timeMs: 7_000, status: "ok" },
  { topic: "t", partition: 2, records: null, timeMs: null, status: "unknown" },
  { topic: "u", partition: 0, records: null, timeMs: null, status: "unknown" },
  { topic: "v", partition: 0, records: 0, timeMs: 0, status: "idle" },
] as const;

test("lag is summed up by group and topic, its time is the longest, and what cannot be told is not stated", () => {
  expect(stated([report("g", partitions), report("h", [])])).toEqual({
    "records g t": 7,
    "seconds g t": 7,
    "records g v": 0,
    "seconds g v": 0,
    "partitions g warning": 1,
    "partitions g ok": 1,
    "partitions g unknown": 2,
    "partitions g idle": 1,
  });
});

test("what has gone is 0, a group that cannot be read stays as it was", () => {
  const before = [report("gone", partitions), report("secret", partitions)];
  const now = stated([report("secret", [], new Error("no"))], before);
  expect(now).toEqual(
    Object.fromEntries(
      ["t", "u", "v"].flatMap((topic) => [
        [`records gone ${topic}`, 0],
        [`seconds gone ${topic}`, 0],
      ]),
    ),
  );
});

test("every status is stated, also those that no partition has", () => {
  const counts: unknown[] = [];
  const gauge = (name: string, value: number): void => {
    if (name === "millrace.lag.partitions") counts.push(value);
  };
  stateLagGauges({ ...noInstrumentation, gauge }, [report("g", partitions)], [report("gone", partitions)]);
  expect(counts).toHaveLength(16);
});
