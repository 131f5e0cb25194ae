import { loadConfig, safeLoadConfig } from "@millrace/config";
import { InvalidOptionsError } from "@millrace/core";
import type { Kafka } from "@millrace/kafka";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type RuntimeOptions, resolveRuntimeOptions } from "../runtime-options.ts";
import { runtime } from "./index.ts";

const sections = [runtime] as const;
const kafka = { consumer: () => undefined } as unknown as Kafka;
const number = fc.constantFrom(-1, 0, 0.5, 1, 3, 1_000, 2 ** 30, 2 ** 31 - 1, 2 ** 31, Number.POSITIVE_INFINITY, Number.NaN, "5");
const settings = fc.record(
  {
    group: fc.constantFrom("g", ""),
    reset: fc.constantFrom("earliest", "latest", "none", "first"),
    topology: fc.constantFrom("create", "verify", "delete"),
    commitIntervalMs: number,
    maxBufferedRecords: number,
    maxBufferedBytes: number,
    drainMs: number,
    sessionTimeoutMs: number,
    unheardMs: number,
  },
  { requiredKeys: ["group"] },
);

test("what the section accepts and what a runtime accepts is the same", () => {
  fc.assert(
    fc.property(settings, (values) => {
      let isTaken = true;
      try {
        resolveRuntimeOptions({ ...values, kafka } as RuntimeOptions);
      } catch (error) {
        if (!InvalidOptionsError.is(error)) throw error;
        isTaken = false;
      }
      const { config } = safeLoadConfig({ sections, object: { runtime: values as never }, environment: {} });
      expect(config?.runtime).toEqual(isTaken ? values : undefined);
    }),
    { numRuns: 300 },
  );
});

test("the group is all that has to be given, and variables are called as Kafka's own clients call the settings", () => {
  const environment = {
    KAFKA_GROUP_ID: "g",
    KAFKA_AUTO_OFFSET_RESET: "latest",
    KAFKA_SESSION_TIMEOUT_MS: "6000",
    KAFKA_RUNTIME_DRAIN_MS: "0",
  };
  expect(loadConfig({ sections, environment }).runtime).toEqual({ group: "g", reset: "latest", sessionTimeoutMs: 6_000, drainMs: 0 });
  expect(safeLoadConfig({ sections, environment: {} }).errors).toEqual([
    expect.objectContaining({ path: "runtime.group", rule: "is required" }),
  ]);
  expect(loadConfig({ sections, environment: { KAFKA_GROUP_ID: "g" }, preset: "production" }).runtime.topology).toBe("verify");
});
