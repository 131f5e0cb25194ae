import { noInstrumentation } from "@millrace/core";
import { expect, test } from "vitest";
import { RecordCounts } from "./record-counts.ts";

test("instrumentation is told of what was counted since the last time, and of nothing twice", () => {
  const told: unknown[] = [];
  const counts = new RecordCounts(
    { ...noInstrumentation, count: (...given) => void told.push(given) },
    { topic: "orders", group: "billing" },
  );
  counts.tell();
  for (let record = 0; record < 1_000; record++) counts.add("handled");
  counts.add("dead-lettered", 2);
  expect(told).toEqual([]);
  counts.tell();
  counts.add("handled");
  counts.tell();
  counts.tell();
  const attributes = { topic: "orders", group: "billing" };
  expect(told).toEqual([
    ["millrace.records.handled", 1_000, attributes],
    ["millrace.records.dead-lettered", 2, attributes],
    ["millrace.records.handled", 1, attributes],
  ]);
  expect([counts.of("handled"), counts.of("dead-lettered"), counts.of("skipped")]).toEqual([1_001, 2, 0]);
});
