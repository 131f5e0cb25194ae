import { InvalidOptionsError } from "@millrace/core";
import { createVirtualClock } from "@millrace/testing";
import { expect, test } from "vitest";
import { type ContextResult, createValidator } from "./create-validator.ts";

test("[002-18] one entry judges by context: unknown data is general and valid, an error is an issue, contexts can be added", async () => {
  const validator = createValidator({
    contexts: {
      new_feature: (data) => ({ is_valid: false, security_issues: [`not yet: ${String(data)}`], sanitized_data: null }),
      broken: () => {
        throw new Error("out of order");
      },
      rejecting: async () => await Promise.reject(new TypeError("out of order, too")),
    },
  });
  expect(await validator.validate(["a:1", "a;b:1"], "bootstrap_servers")).toEqual({
    is_valid: false,
    security_issues: ["Server contains dangerous characters: a;b:1"],
    sanitized_servers: ["a:1"],
    sanitized_data: ["a:1"],
  });
  expect(await validator.validate(["ok", "a b"], "topic_names")).toEqual({
    is_valid: false,
    security_issues: ["Invalid topic name format: a b"],
    sanitized_topics: ["ok"],
    sanitized_data: ["ok"],
  });
  expect(await validator.validate({ token: "t" }, "kafka_credentials")).toEqual({
    is_valid: true,
    security_issues: [],
    sanitized_credentials: { token: "[REDACTED]" },
    sanitized_data: { token: "[REDACTED]" },
  });
  expect(await validator.validate({ retries: 51 }, "producer_config")).toEqual({
    is_valid: false,
    security_issues: ["Retry count too high: 51"],
    sanitized_config: {},
    sanitized_data: {},
  });
  expect(await validator.validate("eval(1)", "message_content")).toEqual({
    is_valid: true,
    security_issues: ["Dangerous content pattern detected: eval("],
    sanitized_message: "eval(1)",
    sanitized_data: "eval(1)",
  });
  const anything = { eval: "eval(1)" };
  const general = { is_valid: true, security_issues: [], sanitized_data: anything };
  expect(await validator.validate(anything)).toEqual(general);
  expect(await validator.validate(anything, "general")).toEqual(general);
  expect(await validator.validate(1, "new_feature")).toEqual({ is_valid: false, security_issues: ["not yet: 1"], sanitized_data: null });
  expect(await validator.validate(1, "broken")).toEqual({
    is_valid: false,
    security_issues: ["Validation error: out of order"],
    sanitized_data: null,
  });
  expect(await validator.validate(1, "rejecting")).toEqual({
    is_valid: false,
    security_issues: ["Validation error: out of order, too"],
    sanitized_data: null,
  });
});

const dangerousAndGood: readonly (readonly [context: string, good: unknown, dangerous: unknown])[] = [
  ["bootstrap_servers", ["kafka1.prod.example.com:9092"], ["kafka1;rm -rf /:9092"]],
  ["bootstrap_servers", ["8.8.8.8:9092"], ["169.254.169.254:80"]],
  ["bootstrap_servers", ["[2001:db8::1]:9092"], ["broker:70000"]],
  ["topic_names", ["orders.placed"], ["__consumer_offsets"]],
  ["topic_names", ["a-b_c.d"], ["../../etc/passwd"]],
  ["topic_names", ["a".repeat(249)], ["orders`whoami`"]],
  ["kafka_credentials", { kafka_username: "secure_user" }, { kafka_username: "admin' OR 1=1" }],
  ["kafka_credentials", { kafka_password: "long-enough-1", security_protocol: "SASL_SSL" }, { kafka_password: "short" }],
  ["producer_config", { acks: "all", retries: 50 }, { acks: "0" }],
  ["producer_config", { batch_size: 16_384 }, { request_timeout_ms: 9_999_999 }],
  ["message_content", { order: 1 }, { html: "<script>steal()</script>" }],
  ["message_content", "a".repeat(1_048_576), "a".repeat(1_048_577)],
];

// The document that is said to hold a table of twelve cases is not at hand; these twelve come from the rules for each context.
test("[002-20] twelve dangerous inputs are told apart from good ones, and a new validator gives results of the same shape", async () => {
  const validator = createValidator();
  expect(dangerousAndGood).toHaveLength(12);
  for (const [context, good, dangerous] of dangerousAndGood) {
    const passed = await validator.validate(good, context);
    expect(passed, `${context} ${JSON.stringify(good).slice(0, 60)}`).toMatchObject({ is_valid: true, security_issues: [] });
    const refused = await validator.validate(dangerous, context);
    expect(!refused.is_valid || refused.security_issues.length > 0, `${context} ${JSON.stringify(dangerous).slice(0, 60)}`).toBe(true);
    expect((await createValidator({ policy: "block" }).validate(dangerous, context)).is_valid).toBe(false);
    for (const result of [passed, refused]) {
      expect(Object.isFrozen(result) && Object.isFrozen(result.security_issues)).toBe(true);
      expect(result).toHaveProperty("sanitized_data");
    }
  }
  const result = await createValidator({
    contexts: { trimmed: (data) => ({ is_valid: true, security_issues: [], sanitized_data: String(data).trim() }) },
  }).validate(" a ", "trimmed");
  expect(result).toEqual({ is_valid: true, security_issues: [], sanitized_data: "a" });
  expect(Object.isFrozen(result)).toBe(true);
});

test("a context may have a policy of its own, and the policy block turns every issue into a refusal", async () => {
  const doubt = { is_valid: true, security_issues: ["hm"] };
  const validator = createValidator({ policy: "block", policies: { message_content: "warn" }, contexts: { doubtful: () => doubt } });
  expect((await validator.validate("eval(1)", "message_content")).is_valid).toBe(true);
  expect((await validator.validate(["localhost:1"], "bootstrap_servers")).is_valid).toBe(false);
  expect(await validator.validate(1, "doubtful")).toEqual({ is_valid: false, security_issues: ["hm"], sanitized_data: null });
  expect(await createValidator({ contexts: { doubtful: () => doubt } }).validate(1, "doubtful")).toEqual({
    is_valid: true,
    security_issues: ["hm"],
    sanitized_data: 1,
  });
});

test("a context that is not there is invalid, also when its name is one of every object", async () => {
  const validator = createValidator();
  expect((await validator.validate([], "topic_name")).security_issues).toEqual([
    'Validation error: there is no context "topic_name"; did you mean topic_names?',
  ]);
  for (const name of ["constructor", "__proto__", "toString", ""]) expect((await validator.validate([], name)).is_valid).toBe(false);
});

test("what a context says in a wrong shape is invalid", async () => {
  const security_issues = Array.from({ length: 1000 }, () => "again");
  const long = createValidator({ contexts: { long: () => ({ is_valid: true, security_issues, sanitized_more: 1 }) } });
  expect(await long.validate(1, "long")).toMatchObject({
    is_valid: true,
    security_issues: { length: 100 },
    sanitized_more: 1,
    sanitized_data: 1,
  });
  for (const said of [undefined, null, "fine", {}, { is_valid: "yes", security_issues: "none" }, { is_valid: 1, security_issues: null }]) {
    const validator = createValidator({ contexts: { odd: () => said as unknown as ContextResult } });
    expect(await validator.validate(1, "odd"), JSON.stringify(said)).toMatchObject({ is_valid: false, sanitized_data: null });
  }
});

test("a context that never ends is given up after its time, or when the caller gives up", async () => {
  const clock = createVirtualClock();
  const signals: AbortSignal[] = [];
  const contexts = {
    endless: async (_data: unknown, { signal }: { readonly signal: AbortSignal }) => {
      signals.push(signal);
      return await new Promise<never>(() => {});
    },
  };
  const validator = createValidator({ contexts, clock, timeoutMs: 50 });
  const validation = validator.validate(1, "endless");
  await clock.advance(50);
  expect((await validation).security_issues).toEqual(["Validation error: the validation did not finish within 50 ms"]);
  const controller = new AbortController();
  const other = validator.validate(1, "endless", { signal: controller.signal });
  controller.abort();
  expect((await other).security_issues).toEqual(["Validation error: the validation was aborted"]);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
});

test("options that cannot be are a mistake of the program", () => {
  expect(() => createValidator({ policy: "strict" as never })).toThrow(InvalidOptionsError);
  expect(() => createValidator({ policies: { topic_name: "warn" } })).toThrow("did you mean topic_names?");
  expect(() => createValidator({ limits: { retries: -1 } })).toThrow(InvalidOptionsError);
  expect(() => createValidator({ topicNames: { segments: 0 } })).toThrow(InvalidOptionsError);
});
