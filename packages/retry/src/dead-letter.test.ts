import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { deadLetterId, describeFailure } from "./dead-letter.ts";

test("a letter's id is its origin and its group", () => {
  expect(deadLetterId({ topic: "orders", partition: 1, offset: 7, timestamp: 0 }, "billing")).toBe("orders/1/7/billing");
});

test("of an error are kept its type, message, code and stack", () => {
  const error = Object.assign(new TypeError("no amount"), { code: 42 });
  expect(describeFailure(error)).toEqual({ type: "TypeError", message: "no amount", code: "42", stack: error.stack });
  expect(describeFailure(Object.assign(new Error("no"), { code: { deep: true } })).code).toBeNull();
});

test("an error of another realm is one too", () => {
  expect(describeFailure(runInNewContext("new RangeError('far')"))).toMatchObject({ type: "RangeError", message: "far" });
});

test.each([
  ["text", "text", "string"],
  [undefined, "undefined", "undefined"],
  [null, "null", "null"],
  [7, "7", "number"],
  [7n, "7", "bigint"],
  [Symbol("s"), "Symbol(s)", "symbol"],
  [{ reason: "x" }, '{"reason":"x"}', "object"],
  [{ toJSON: () => undefined }, "[object Object]", "object"],
])("what is thrown without being an error is described: %s", (thrown, message, type) => {
  expect(describeFailure(thrown)).toEqual({ type, message, code: null, stack: null });
});

test("nothing that is thrown makes the description fail", () => {
  const circular: Record<string, unknown> = {};
  circular["self"] = circular;
  expect(describeFailure(circular)).toMatchObject({ type: "object", message: "[object Object]" });
  const hostile = new Error("x");
  for (const name of ["name", "message", "stack", "code"]) {
    Object.defineProperty(hostile, name, {
      get() {
        throw new Error("trap");
      },
    });
  }
  expect(describeFailure(hostile)).toEqual({ type: "Error", message: "", code: null, stack: null });
  expect(describeFailure(Object.assign(new Error("x"), { name: 7, message: { a: 1 } }))).toMatchObject({ type: "7", message: '{"a":1}' });
});

test("nor does what fails when it is looked at", () => {
  const trap = (): never => {
    throw new Error("trap");
  };
  const untold = { toJSON: trap, toString: trap };
  Object.defineProperty(untold, Symbol.toStringTag, { get: trap });
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const trapped = new Proxy(new Error("x"), { get: trap, getPrototypeOf: trap, ownKeys: trap });
  for (const thrown of [untold, proxy, trapped])
    expect(describeFailure(thrown)).toMatchObject({ type: "object", message: "something that cannot be described", stack: null });
});

test("texts are bounded", () => {
  const error = Object.assign(new Error("m".repeat(10_000)), {
    name: "N".repeat(1_000),
    code: "c".repeat(1_000),
    stack: "s".repeat(20_000),
  });
  const story = describeFailure(error);
  expect([story.type.length, story.message.length, story.code?.length, story.stack?.length]).toEqual([256, 4_096, 256, 8_192]);
  expect(story.message.endsWith("m…")).toBe(true);
});
