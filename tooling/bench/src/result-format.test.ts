import { expect, test } from "vitest";
import type { Measurement } from "./measure.ts";
import { renderJson, renderTable } from "./result-format.ts";

const measurements: readonly Measurement[] = [
  {
    name: "send-100-vs-kafkajs",
    unit: "records/s",
    ours: { median: 123_456.7, lowerQuartile: 120_000, upperQuartile: 130_000 },
    comparison: {
      peer: { median: 15_432.1, lowerQuartile: 15_000, upperQuartile: 16_000 },
      ratio: { median: 8.00001, lowerQuartile: 7.9, upperQuartile: 8.1 },
    },
  },
];

test("the JSON form is one object with medians by area and name", () => {
  const text = renderJson("client", measurements);
  expect(text.endsWith("}\n")).toBe(true);
  expect(JSON.parse(text)).toEqual({ "client/send-100-vs-kafkajs": { ours: 123_500, peer: 15_430, ratio: 8 } });
});

test("the table has one line per benchmark, with quartiles", () => {
  const lines = renderTable("client", measurements).split("\n");
  expect(lines).toHaveLength(3);
  expect(lines[1]).toContain("client/send-100-vs-kafkajs  records/s");
  expect(lines[1]).toContain("123,457 [120,000, 130,000]");
  expect(lines[1]).toContain("8.00 [7.90, 8.10]");
});

test("a figure without a peer stands alone", () => {
  const alone: readonly Measurement[] = [{ name: "ready-ms", unit: "ms", ours: { median: 12.345, lowerQuartile: 12, upperQuartile: 13 } }];
  expect(JSON.parse(renderJson("embedded", alone))).toEqual({ "embedded/ready-ms": { ours: 12.35 } });
  expect(renderTable("embedded", alone).split("\n")[1]).toMatch(/^embedded\/ready-ms {2}ms +12\.3 \[12\.0, 13\.0\]$/);
});
