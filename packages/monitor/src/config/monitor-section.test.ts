import { configJsonSchema, loadConfig, safeLoadConfig } from "@millrace/config";
import { InvalidOptionsError } from "@millrace/core";
import type { Kafka } from "@millrace/kafka";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createHealth } from "../health/create-health.ts";
import { runtimeProbe } from "../health/runtime-probe.ts";
import { type MonitorOptions, resolveMonitorOptions } from "../monitor-options.ts";
import { monitor } from "./index.ts";

const sections = [monitor] as const;
const kafka = { admin: () => undefined } as unknown as Kafka;
const number = fc.constantFrom(-1, 0, 0.5, 1, 2, 100, 101, 32_768, 2 ** 31, Number.POSITIVE_INFINITY, Number.NaN, "5");
const topic = fc.constantFrom("ours", "", "..", "a b", "t".repeat(250));
const settings = fc.record(
  {
    groups: fc.constantFrom(["g"], [], [""], ["g", "h"]),
    isolation: fc.constantFrom("read_committed", "read_uncommitted", "none"),
    readsRecords: fc.boolean(),
    samples: fc.oneof(
      fc.boolean(),
      fc.constant({}),
      fc.record({ topic, replicationFactor: fc.constantFrom(-2, -1, 0, 1, 3, 40_000) }, { requiredKeys: [] }),
    ),
    intervalMs: number,
    timeoutMs: number,
    window: number,
  },
  { requiredKeys: [] },
);

/** Whether something takes options. */
function takes(resolve: () => unknown): boolean {
  try {
    resolve();
    return true;
  } catch (error) {
    if (!InvalidOptionsError.is(error)) throw error;
    return false;
  }
}

test("what the section accepts and what a monitor accepts is the same", () => {
  fc.assert(
    fc.property(settings, (values) => {
      const isTaken = takes(() => resolveMonitorOptions({ ...values, kafka } as unknown as MonitorOptions));
      const { config } = safeLoadConfig({ sections, object: { monitor: values as never }, environment: {} });
      expect(config?.monitor).toEqual(isTaken ? values : undefined);
    }),
    { numRuns: 300 },
  );
});

test("what the section accepts of health and what health and its probes accept is the same", () => {
  const times = fc.record({ waitMs: number, timeoutMs: number, keepMs: number, hungMs: number }, { requiredKeys: [] });
  fc.assert(
    fc.property(times, (health) => {
      const options = health as { readonly hungMs?: number };
      const runtime = { health: () => ({ ready: true, live: true, reasons: [] }) };
      const isTaken = takes(() => createHealth({ ...options, probes: [runtimeProbe({ runtime, ...options })] }));
      const { config } = safeLoadConfig({ sections, object: { monitor: { health } as never }, environment: {} });
      expect(config?.monitor).toEqual(isTaken ? { health } : undefined);
    }),
    { numRuns: 200 },
  );
});

test("nothing has to be given, and every setting has a variable", () => {
  expect(loadConfig({ sections, environment: {} }).monitor).toEqual({});
  const environment = {
    KAFKA_MONITOR_GROUPS: "billing, shipping",
    KAFKA_MONITOR_INTERVAL_MS: "10000",
    KAFKA_MONITOR_WINDOW: "5",
    KAFKA_MONITOR_ISOLATION: "read_uncommitted",
    KAFKA_MONITOR_READS_RECORDS: "false",
    KAFKA_MONITOR_SAMPLES: '{"topic":"ops.lag"}',
    KAFKA_MONITOR_HEALTH_HUNG_MS: "infinity",
    KAFKA_MONITOR_HEALTH_KEEP_MS: "0",
  };
  expect(loadConfig({ sections, environment }).monitor).toEqual({
    groups: ["billing", "shipping"],
    intervalMs: 10_000,
    window: 5,
    isolation: "read_uncommitted",
    readsRecords: false,
    samples: { topic: "ops.lag" },
    health: { hungMs: Number.POSITIVE_INFINITY, keepMs: 0 },
  });
  expect(loadConfig({ sections, environment: { KAFKA_MONITOR_SAMPLES: "true" } }).monitor).toEqual({ samples: true });
});

test("what is wrong is told as a whole, with what to write instead, and editors know the settings", () => {
  const environment = { KAFKA_MONITOR_WINDOW: "1", KAFKA_MONITOR_SAMPLES: "yes", KAFKA_MONITOR_HEALTH_WAIT_MS: "-1" };
  const { errors } = safeLoadConfig({ sections, environment, object: { monitor: { interval: 5 } as never } });
  expect(errors.map(({ path }) => path).toSorted()).toEqual([
    "monitor.health.waitMs",
    "monitor.interval",
    "monitor.samples",
    "monitor.window",
  ]);
  expect(errors.find(({ path }) => path === "monitor.samples")?.rule).toContain("{ topic, replicationFactor }");
  const text = JSON.stringify(configJsonSchema(sections));
  for (const name of ["groups", "intervalMs", "replicationFactor", "zombieMs"]) expect(text).toContain(`"${name}"`);
});
