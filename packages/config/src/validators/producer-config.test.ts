import { InvalidOptionsError } from "@millrace/core";
import { expect, test } from "vitest";
import { validateProducerConfig } from "./producer-config.ts";
import { validatorLimits } from "./validator-limits.ts";

test("[002-14] acks 0 is told of; a time-out, a batch and retries beyond the limits are refused", () => {
  for (const acks of ["0", 0]) {
    expect(validateProducerConfig({ acks })).toEqual({
      is_valid: true,
      security_issues: ["acks=0 provides no delivery guarantee"],
      sanitized_config: { acks },
    });
  }
  expect(validateProducerConfig({ acks: "0" }, { policy: "block" }).is_valid).toBe(false);
  expect(validateProducerConfig({ acks: "all", request_timeout_ms: 300_001 })).toMatchObject({
    is_valid: false,
    security_issues: ["Request timeout too high: 300001ms"],
    sanitized_config: { acks: "all" },
  });
  expect(validateProducerConfig({ batch_size: 100_001 })).toMatchObject({
    is_valid: false,
    security_issues: ["Batch size too high: 100001"],
  });
  expect(validateProducerConfig({ retries: 51 })).toMatchObject({ is_valid: false, security_issues: ["Retry count too high: 51"] });
  expect(validateProducerConfig({ acks: "1", request_timeout_ms: 300_000, batch_size: 100_000, retries: 50 })).toMatchObject({
    is_valid: true,
    security_issues: [],
  });
});

test("[002-15] there is one table of limits, and the known configurations keep to it", () => {
  expect(validatorLimits).toEqual({
    servers: 1000,
    topics: 1000,
    topicNameCharacters: 249,
    passwordCharacters: 8,
    requestTimeoutMinMs: 1000,
    requestTimeoutMaxMs: 300_000,
    batchBytes: 100_000,
    retries: 50,
    messageBytes: 1_048_576,
  });
  expect(Object.isFrozen(validatorLimits)).toBe(true);
  const production = { acks: "all", retries: 50, enable_idempotence: true, compression: "snappy" };
  const performance = {
    compression: "snappy",
    batch_size: 16_384,
    linger_ms: 100,
    buffer_memory: 33_554_432,
    max_in_flight_requests_per_connection: 5,
  };
  const security = { request_timeout_ms: 30_000, retries: 10, acks: "all", enable_idempotence: true };
  for (const config of [production, performance, security])
    expect(validateProducerConfig(config, { policy: "block" })).toEqual({ is_valid: true, security_issues: [], sanitized_config: config });
  expect(validateProducerConfig({ batch_size: 102_400 }).is_valid).toBe(false);
  expect(validateProducerConfig({ batch_size: 102_400 }, { limits: { batchBytes: 102_400 } }).is_valid).toBe(true);
});

test("the names of Java and of this library are known, and text that is a number", () => {
  for (const config of [{ "request.timeout.ms": "999999" }, { requestTimeoutMs: 999_999 }, { REQUEST_TIMEOUT_MS: 999_999n }]) {
    expect(validateProducerConfig(config).security_issues).toEqual(["Request timeout too high: 999999ms"]);
  }
  expect(validateProducerConfig({ "batch.size": "1e9" }).security_issues).toEqual(["Batch size too high: 1000000000"]);
  expect(validateProducerConfig({ batchBytes: Number.POSITIVE_INFINITY }).security_issues).toEqual(["Batch size too high: Infinity"]);
  expect(validateProducerConfig({ requestTimeoutMs: 999 }).security_issues).toEqual(["Request timeout too low: 999ms"]);
  expect(validateProducerConfig({ retries: -1 }).security_issues).toEqual(["Retry count too low: -1"]);
  for (const retries of ["many", "", Number.NaN, {}, true, "9".repeat(50)])
    expect(validateProducerConfig({ retries }).security_issues).toEqual(["Retry count is not a number"]);
  expect(validateProducerConfig({ retries: undefined })).toMatchObject({ is_valid: true });
  for (const config of [null, "acks=0", []])
    expect(validateProducerConfig(config)).toMatchObject({ is_valid: false, sanitized_config: null });
});

test("a producer's settings are shown without their secrets", () => {
  expect(validateProducerConfig({ acks: 1, "sasl.password": "hunter2-planted" }).sanitized_config).toEqual({
    acks: 1,
    "sasl.password": "[REDACTED]",
  });
});

test("limits that are none are a mistake of the program", () => {
  for (const limits of [
    { batchBytes: -1 },
    { retries: 1.5 },
    { topicNameCharacters: 250 },
    { requestTimeoutMinMs: 300_001 },
    { batch: 1 } as never,
  ]) {
    expect(() => validateProducerConfig({}, { limits })).toThrow(InvalidOptionsError);
  }
});
