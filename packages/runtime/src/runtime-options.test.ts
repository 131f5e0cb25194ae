import { InvalidOptionsError } from "@millrace/core";
import type { Kafka } from "@millrace/kafka";
import { expect, test } from "vitest";
import { resolveRuntimeOptions } from "./runtime-options.ts";

const kafka = { consumer: () => undefined } as unknown as Kafka;

test("what is left out has the stated default", () => {
  expect(resolveRuntimeOptions({ kafka, group: "billing" })).toMatchObject({
    reset: "earliest",
    commitIntervalMs: 1_000,
    maxBufferedRecords: 10_000,
    maxBufferedBytes: 67_108_864,
    drainMs: 25_000,
    sessionTimeoutMs: 30_000,
    topology: "create",
  });
});

test("every problem is told at once", () => {
  const wrong = { group: "", reset: "newest" as "latest", topology: "maybe" as "verify", commitIntervalMs: 0, maxBufferedRecords: -1 };
  const more = { maxBufferedBytes: Number.NaN, sessionTimeoutMs: 0, drainMs: -1, kafka: undefined as unknown as Kafka };
  try {
    resolveRuntimeOptions({ ...wrong, ...more });
    expect.unreachable();
  } catch (error) {
    expect(InvalidOptionsError.is(error) && error.problems.map((problem) => problem.split(" ")[0])).toEqual([
      "group",
      "kafka",
      "reset",
      "topology",
      "commitIntervalMs",
      "maxBufferedRecords",
      "maxBufferedBytes",
      "drainMs",
      "sessionTimeoutMs",
    ]);
  }
});
