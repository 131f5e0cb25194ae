import { InvalidOptionsError } from "@millrace/core";
import { expect, test } from "vitest";
import { findingsOf } from "./findings-of.ts";

test("what a resolving function has against options becomes findings at their names", () => {
  const findings = findingsOf(() => {
    throw new InvalidOptionsError("createJob", ["rate (5) must be at most 3", "limits.low: must be set"]);
  });
  expect(findings).toEqual([
    { path: "rate", message: "(5) must be at most 3" },
    { path: "limits.low", message: "must be set" },
  ]);
  expect(findingsOf(() => 5)).toEqual([]);
});

test("any other error is thrown on", () => {
  const thrower = (): never => {
    throw new TypeError("a mistake of the program");
  };
  expect(() => findingsOf(thrower)).toThrow(TypeError);
});
