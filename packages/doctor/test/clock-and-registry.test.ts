import { type Clock, noRetry, systemClock } from "@millrace/core";
import { clockSkew } from "@millrace/kafka/checks";
import { createSchemaRegistry } from "@millrace/schema-registry";
import { avro, string } from "@millrace/serdes";
import { unreachableBrokers } from "@millrace/testing";
import { defineTopic } from "@millrace/topics";
import { expect, onTestFinished, test } from "vitest";
import { diagnose } from "../src/index.ts";
import { openClinic } from "./support/clinic.ts";
import { startRegistry } from "./support/start-registry.ts";

/** The system's clock, so many milliseconds ahead. */
const shifted = (byMs: number): Clock => ({ ...systemClock, now: () => systemClock.now() + byMs });

test("finds clock-skew of more than a second, in either direction, and no less", async () => {
  for (const [byMs, words] of [
    [5_000, /[2-5]\d{3} ms ahead of this machine's/],
    [-5_000, /[2-5]\d{3} ms behind this machine's/],
  ] as const) {
    const { examine } = await openClinic({ clock: shifted(byMs) });
    const { findings, is_healthy } = await examine({ checks: [clockSkew] });
    expect(findings).toMatchObject([
      { problem: "clock-skew", severity: "warning", subject: "controller", message: expect.stringMatching(words) as unknown },
    ]);
    expect(is_healthy).toBe(true);
  }
  for (const byMs of [0, 700, -700]) {
    const { examine } = await openClinic({ clock: shifted(byMs) });
    expect((await examine({ checks: [clockSkew] })).findings).toEqual([]);
  }
});

test("a slow way to the controller is no skew, and one that does not tell its time is not checked", async () => {
  const { broker, examine } = await openClinic();
  broker.faults.delay("DescribeQuorum", 1_300);
  broker.faults.delay("DescribeQuorum", 1_300, { at: "after" });
  expect((await examine({ checks: [clockSkew] })).findings).toEqual([]);
  broker.faults.clear();
  broker.intercept("DescribeQuorum", async (request, next) => {
    const answer = await next(request);
    return {
      topics: answer?.topics?.map((topic) => ({ ...topic, partitions: topic.partitions?.map((one) => ({ ...one, currentVoters: [] })) })),
    };
  });
  expect((await examine({ checks: [clockSkew] })).checks).toMatchObject([
    { problem: "clock-skew", outcome: "not-checked", reason: expect.stringContaining("do not tell their time") as unknown },
  ]);
});

const registryProblems = [
  "registry-unreachable",
  "registry-authentication-failed",
  "registry-level-weaker",
  "value-schema-incompatible",
  "key-schema-incompatible",
  "schema-not-registered",
];

test("finds what is wrong with a schema registry: registry-unreachable, registry-level-weaker, value-schema-incompatible", async () => {
  const order = (...fields: readonly object[]) =>
    avro({ type: "record", name: "Order", fields: [{ name: "id", type: "string" }, ...fields] });
  const orders = (value: ReturnType<typeof order>) => defineTopic({ name: "orders", key: string(), value });
  const registry = await startRegistry();
  await registry.register("orders-value", order().schema!);
  const schemaRegistry = { url: "http://127.0.0.1:1", compatibility: "BACKWARD" } as const;
  const look = async (options: object) => {
    const { findings, checks } = await diagnose({ registry, config: { schemaRegistry }, topics: [orders(order())], ...options });
    return {
      found: findings.map(({ problem, subject }) => `${problem} of ${subject}`),
      outcomes: checks.filter(({ problem }) => registryProblems.includes(problem)).map(({ outcome }) => outcome),
    };
  };
  expect(await look({})).toEqual({ found: [], outcomes: registryProblems.map(() => "passed") });
  expect((await look({ config: { schemaRegistry: { ...schemaRegistry, compatibility: "FULL" } } })).found).toEqual([
    "registry-level-weaker of schema registry",
  ]);
  expect((await look({ topics: [orders(order({ name: "amount", type: "int" }))] })).found).toEqual([
    "value-schema-incompatible of subject orders-value",
  ]);
  const [free = ""] = await unreachableBrokers();
  const nobody = createSchemaRegistry({ url: `http://${free}`, retry: noRetry });
  onTestFinished(() => nobody.close());
  const away = await look({ registry: nobody });
  expect(away.found).toEqual(["registry-unreachable of schema registry"]);
  expect(away.outcomes.slice(2)).toEqual(registryProblems.slice(2).map(() => "not-checked"));
  expect(await look({ registry: undefined })).toEqual({ found: [], outcomes: registryProblems.map(() => "not-checked") });
});
