import { expect, test } from "vitest";
import { headersGetter, headersSetter, textOf } from "./message-headers.ts";

test("of a name that repeats, the last value counts; null is none", () => {
  const headers = [
    ["a", Buffer.from("1")],
    ["b", null],
    ["a", Buffer.from("2")],
  ] as const;
  expect(textOf(headers, "a")).toBe("2");
  expect(textOf(headers, "b")).toBe(undefined);
  expect(headersGetter.keys(headers)).toEqual(["a", "b", "a"]);
  expect(headersGetter.get(headers, "a")).toBe("2");
  const written: [string, string][] = [];
  headersSetter.set(written, "c", "3");
  expect(written).toEqual([["c", "3"]]);
});
