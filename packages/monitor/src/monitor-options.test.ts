import { InvalidOptionsError } from "@millrace/core";
import type { Kafka } from "@millrace/kafka";
import { expect, test } from "vitest";
import { type MonitorOptions, resolveMonitorOptions } from "./monitor-options.ts";

const kafka = {} as Kafka;

function problemsOf(options: Partial<MonitorOptions>): readonly string[] {
  try {
    resolveMonitorOptions({ kafka, ...options });
    return [];
  } catch (error) {
    if (!InvalidOptionsError.is(error)) throw error;
    return error.problems;
  }
}

test("every wrong option is named at once", () => {
  expect(problemsOf({ intervalMs: 0, window: 1, timeoutMs: 0.5, groups: [] })).toHaveLength(4);
  expect(problemsOf({ window: 101 })).toEqual(["window must be at most 100, not 101"]);
  expect(problemsOf({ groups: ["a", ""] })).toHaveLength(1);
  expect(problemsOf({})).toEqual([]);
});

test("samples are kept in their usual topic, in another, or not at all", () => {
  const samplesOf = (samples?: MonitorOptions["samples"]) =>
    resolveMonitorOptions({ kafka, ...(samples === undefined ? {} : { samples }) }).samples;
  expect(samplesOf()).toBeNull();
  expect(samplesOf(false)).toBeNull();
  expect(samplesOf(true)).toEqual({ topic: "millrace.lag-samples", replicationFactor: -1 });
  expect(samplesOf({ topic: "ours", replicationFactor: 3 })).toEqual({ topic: "ours", replicationFactor: 3 });
});
