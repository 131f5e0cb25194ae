import fc from "fast-check";
import { expect, test } from "vitest";
import { decideStart } from "./decide-start.ts";

const log = { earliest: 10, latest: 20 };

test("an offset inside the log, its end included, stays under every policy", () => {
  for (const reset of ["earliest", "latest", "none"] as const) {
    for (const position of [10, 15, 20]) expect(decideStart(position, log, reset)).toEqual({ start: position, lost: null });
  }
});

test("without an offset, or outside the log, the policy decides; only what retention deleted is lost", () => {
  expect(decideStart(null, log, "earliest")).toEqual({ start: 10, lost: null });
  expect(decideStart(null, log, "latest")).toEqual({ start: 20, lost: null });
  expect(decideStart(3, log, "earliest")).toEqual({ start: 10, lost: { from: 3, to: 10 } });
  expect(decideStart(3, log, "latest")).toEqual({ start: 20, lost: { from: 3, to: 10 } });
  expect(decideStart(21, log, "earliest")).toEqual({ start: 10, lost: null });
  expect(decideStart(null, log, "none")).toMatchObject({ start: null, lost: null });
  expect(decideStart(3, log, "none")).toMatchObject({ start: null, lost: { from: 3, to: 10 } });
  expect(decideStart(21, log, "none")).toMatchObject({ start: null, lost: null });
});

test("a start always lies inside the log", () => {
  fc.assert(
    fc.property(
      fc.option(fc.nat(100)),
      fc.nat(50),
      fc.nat(50),
      fc.constantFrom("earliest", "latest", "none"),
      (position, earliest, length, reset) => {
        const { start } = decideStart(position, { earliest, latest: earliest + length }, reset);
        if (start !== null) expect(start >= earliest && start <= earliest + length).toBe(true);
        else expect(reset).toBe("none");
      },
    ),
  );
});
