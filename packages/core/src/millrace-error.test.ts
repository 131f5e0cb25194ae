import { expect, test } from "vitest";
import { isErrorNamed, MillraceError } from "./millrace-error.ts";

class OddError extends MillraceError<"ODD"> {
  override readonly name = "OddError";
  readonly size: bigint;
  readonly nested: unknown;

  constructor(size: bigint, nested: unknown, cause?: unknown) {
    super({ code: "ODD", message: "odd", cause });
    this.size = size;
    this.nested = nested;
  }
}

test("an error of another copy of the package is recognised by its brand and name", () => {
  const foreign = Object.assign(new Error("foreign"), { name: "OddError", code: "ODD" });
  expect(MillraceError.is(foreign)).toBe(false);
  Object.defineProperty(foreign, Symbol.for("millrace.error"), { value: true });
  expect(MillraceError.is(foreign)).toBe(true);
  expect(isErrorNamed(foreign, "OddError")).toBe(true);
  expect(isErrorNamed(foreign, "OtherError")).toBe(false);
});

test("nothing but an error with the brand is recognised", () => {
  for (const value of [null, undefined, 1, "MillraceError", {}, new Error("plain")]) expect(MillraceError.is(value)).toBe(false);
});

test("an error is not retryable unless stated, and has no cause unless given", () => {
  const error = new MillraceError({ code: "PLAIN", message: "plain" });
  expect([error.retryable, "cause" in error, error.name]).toEqual([false, false, "MillraceError"]);
  expect(new MillraceError({ code: "PLAIN", message: "plain", retryable: true }).retryable).toBe(true);
});

test("toJSON holds the class's own fields as JSON values", () => {
  const circular: Record<string, unknown> = {};
  circular["self"] = circular;
  expect(new OddError(12n, { big: 1n, list: [1, "a"] }).toJSON()).toEqual({
    name: "OddError",
    code: "ODD",
    message: "odd",
    retryable: false,
    size: "12",
    nested: { big: "1", list: [1, "a"] },
  });
  expect(new OddError(1n, circular).toJSON()["nested"]).toBe("[not serialisable]");
  expect(new OddError(1n, new Error("inner")).toJSON()["nested"]).toEqual({ name: "Error", message: "inner" });
  expect(new OddError(1n, { toJSON: () => undefined }).toJSON()["nested"]).toBe(null);
});

test("toJSON follows the chain of causes, with codes and the errors of an aggregate, to a limited depth", () => {
  const refused = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
  const cause = new Error("outer", { cause: new AggregateError([refused, "text"], "both failed") });
  expect(new OddError(1n, 0, cause).toJSON()["cause"]).toEqual({
    name: "Error",
    message: "outer",
    cause: {
      name: "AggregateError",
      message: "both failed",
      errors: [{ name: "Error", message: "refused", code: "ECONNREFUSED" }, "text"],
    },
  });
  const endless = new Error("endless");
  endless.cause = endless;
  const aggregate = new AggregateError([], "endless");
  aggregate.errors.push(...Array.from({ length: 50 }, () => aggregate));
  for (const loop of [endless, aggregate]) expect(JSON.stringify(new OddError(1n, 0, loop)).length).toBeLessThan(20_000);
  expect(new OddError(1n, 0, "a text").toJSON()["cause"]).toBe("a text");
});

test("what fails when it is looked at is no millrace error, and a cause of which nothing is told", () => {
  const trap = (): never => {
    throw new Error("trap");
  };
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const getters = new Error("x");
  for (const name of ["name", "message", "code", "cause"]) Object.defineProperty(getters, name, { get: trap });
  for (const hostile of [proxy, new Proxy(new Error("x"), { get: trap, getPrototypeOf: trap }), getters]) {
    expect(MillraceError.is(hostile)).toBe(false);
    for (const odd of [new OddError(1n, 0, hostile), new OddError(1n, hostile), new OddError(1n, 0, new Error("x", { cause: hostile }))])
      expect(JSON.parse(JSON.stringify(odd))).toMatchObject({ code: "ODD" });
    expect(new OddError(1n, 0, hostile).toJSON()["cause"]).toBe("[not serialisable]");
  }
});
