import { InvalidOptionsError, systemClock } from "@millrace/core";
import type { Kafka } from "@millrace/kafka";
import { expect, test } from "vitest";
import { type MonitorOptions, resolveMonitorOptions } from "./monitor-options.ts";

const kafka = { admin: () => undefined } as unknown as Kafka;

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
  expect(problemsOf({ window: 101 })).toEqual(["window must be a whole number from 2 to 100, not 101"]);
  expect(problemsOf({ groups: ["a", ""] })).toHaveLength(1);
  expect(problemsOf({ samples: { topic: "a b", replicationFactor: 0 } })).toHaveLength(2);
  for (const topic of ["", ".", "..", "t".repeat(250)]) expect(problemsOf({ samples: { topic } })).toHaveLength(1);
  const anything = { kafka: {}, isolation: "none", samples: null } as unknown as MonitorOptions;
  expect(problemsOf(anything)).toHaveLength(3);
  expect(problemsOf({})).toEqual([]);
});

test("an option that is undefined counts as left out", () => {
  const nothing = { clock: undefined, logger: undefined, isolation: undefined, onLook: undefined } as unknown as MonitorOptions;
  const { clock, isolation, onLook } = resolveMonitorOptions({ ...nothing, kafka });
  expect(clock).toBe(systemClock);
  expect(isolation).toBe("read_committed");
  expect(onLook).toBeTypeOf("function");
});

test("samples are kept in their usual topic, in another, or not at all", () => {
  const samplesOf = (samples?: MonitorOptions["samples"]) =>
    resolveMonitorOptions({ kafka, ...(samples === undefined ? {} : { samples }) }).samples;
  expect(samplesOf()).toBeNull();
  expect(samplesOf(false)).toBeNull();
  expect(samplesOf(true)).toEqual({ topic: "millrace.lag-samples", replicationFactor: -1 });
  expect(samplesOf({ topic: "ours", replicationFactor: 3 })).toEqual({ topic: "ours", replicationFactor: 3 });
});
