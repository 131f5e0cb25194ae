import fc from "fast-check";
import { expect, test } from "vitest";
import { judgeBatch } from "./judge-batch.ts";

const error = new Error("no");
const failed = { error };

test("nothing returned is all handled", () => {
  expect(judgeBatch([1, 1, null], { returned: undefined })).toEqual(["handled", "handled", "handled"]);
});

test("a failed record is redone alone, or with what is behind it in its lane, whatever was said of that", () => {
  const outcomes = [undefined, failed, undefined, failed, undefined];
  expect(judgeBatch([null, null, null, null, null], { returned: outcomes })).toEqual(["handled", failed, "handled", failed, "handled"]);
  expect(judgeBatch([0, 0, 0, 0, 0], { returned: outcomes })).toEqual(["handled", failed, "again", "again", "again"]);
  expect(judgeBatch([1, 2, 1, 2, 2], { returned: outcomes })).toEqual(["handled", failed, "handled", "again", "again"]);
});

test("what was not attempted comes again, and what is behind it too", () => {
  const outcomes = [undefined, "not-attempted", undefined, undefined];
  expect(judgeBatch([0, 0, 0, 0], { returned: outcomes })).toEqual(["handled", "again", "again", "again"]);
  expect(judgeBatch([null, 7, 8, 7], { returned: outcomes })).toEqual(["handled", "again", "handled", "again"]);
});

test("a throw blames a record only when it was alone", () => {
  expect(judgeBatch([0, 0], { thrown: error })).toEqual({ thrown: error });
  expect(judgeBatch([0], { thrown: error })).toEqual([{ error }]);
});

test("what cannot be outcomes is as a throw that says what was wrong", () => {
  const told = (returned: unknown, lanes: readonly null[] = [null]): unknown => judgeBatch(lanes, { returned });
  for (const returned of ["done", 3, [], [undefined, undefined], [null], ["handled"], [{ failure: 1 }], ["not-attempted"]]) {
    expect(told(returned)).toEqual([{ error: expect.objectContaining({ code: "RUNTIME_MISUSED", retryable: false }) }]);
    expect(told(returned, [null, null, null])).toEqual({ thrown: expect.objectContaining({ code: "RUNTIME_MISUSED" }) });
  }
  expect(told([{ error: undefined }])).toEqual([{ error: undefined }]);
});

test("in each lane everything before the first that is not handled is handled, and everything behind it comes again", () => {
  const item = fc.record({
    lane: fc.option(fc.nat({ max: 2 })),
    outcome: fc.constantFrom(undefined, "not-attempted" as const, failed),
  });
  fc.assert(
    fc.property(fc.array(item, { minLength: 2, maxLength: 20 }), (items) => {
      const verdicts = judgeBatch(
        items.map(({ lane }) => lane),
        { returned: items.map(({ outcome }) => outcome) },
      );
      if ("thrown" in verdicts) {
        expect(items.every(({ outcome }) => outcome === "not-attempted")).toBe(true);
        return;
      }
      const lanes = new Map<number | string, unknown[]>();
      for (const [index, { lane }] of items.entries()) {
        const name = lane ?? `own ${index}`;
        lanes.set(name, [...(lanes.get(name) ?? []), verdicts[index]]);
      }
      for (const said of lanes.values()) {
        const first = said.findIndex((verdict) => verdict !== "handled");
        if (first >= 0) expect(said.slice(first + 1).every((verdict) => verdict === "again")).toBe(true);
      }
    }),
  );
});

test("outcomes that cannot even be looked at are as a throw", () => {
  const trap = (): never => {
    throw new Error("trap");
  };
  const circular: Record<string, unknown> = {};
  circular["self"] = circular;
  const getter = Object.defineProperty({}, "error", { get: trap });
  for (const outcome of [7n, circular, new Proxy({}, { has: trap }), getter]) {
    expect(judgeBatch([1, 2], { returned: [outcome, undefined] })).toMatchObject({ thrown: { code: "RUNTIME_MISUSED" } });
  }
  expect(judgeBatch([1, 2], { returned: new Proxy([], { get: trap }) })).toMatchObject({ thrown: { code: "RUNTIME_MISUSED" } });
});
