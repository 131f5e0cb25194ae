import { expect, test } from "vitest";
import { connection } from "./connection.ts";
import { explain, formatExplanation } from "./explain.ts";
import { loadConfig } from "./load-config.ts";

const config = loadConfig({
  sections: [connection],
  object: { connection: { brokers: ["a:1"], security: { protocol: "SASL_SSL", mechanism: "PLAIN", username: "shop" } } },
  environment: { KAFKA_SASL_PASSWORD: "hunter2" },
});

test("the effective configuration is shown with the source of each value, secrets redacted", () => {
  expect(formatExplanation(explain(config)).split("\n")).toEqual([
    'connection.brokers              ["a:1"]     object',
    'connection.clientId             "millrace"  default',
    "connection.connectionTimeoutMs  10000       default",
    "connection.requestTimeoutMs     30000       default",
    'connection.security.protocol    "SASL_SSL"  object',
    'connection.security.mechanism   "PLAIN"     object',
    'connection.security.username    "shop"      object',
    "connection.security.password    [redacted]  environment KAFKA_SASL_PASSWORD",
  ]);
});

test("where the values came from is out of sight, and a copy does not have it", () => {
  expect(Object.keys(config)).toEqual(["connection"]);
  expect(() => explain({ ...config })).toThrow("this is not a configuration that loadConfig made");
  expect(formatExplanation([])).toBe("");
});
