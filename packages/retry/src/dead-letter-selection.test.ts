import fc from "fast-check";
import { expect, test } from "vitest";
import type { DeadLetter } from "./dead-letter.ts";
import { type DeadLetterSelection, selectDeadLetters } from "./dead-letter-selection.ts";

const letter: DeadLetter = {
  id: "orders/1/7/billing",
  origin: { topic: "orders", partition: 1, offset: 7, timestamp: 0 },
  group: "billing",
  key: Buffer.from("köln"),
  value: null,
  headers: [
    ["tenant", Buffer.from("a")],
    ["tenant", Buffer.from("b")],
    ["empty", null],
  ],
  failure: { type: "TypeError", message: "no", code: "E1", stack: null },
  disposition: "not-retryable",
  attempts: 1,
  redrives: 0,
  failedAt: 1_000,
  consumerId: "c",
};

const fitting: readonly DeadLetterSelection[] = [
  { ids: ["x", letter.id] },
  { errorTypes: ["TypeError"] },
  { errorCodes: ["E0", "E1"] },
  { dispositions: ["not-retryable"] },
  { headers: [{ name: "tenant" }] },
  {
    headers: [
      { name: "tenant", equals: "b" },
      { name: "empty", equals: null },
    ],
  },
  { keys: [null, "köln"] },
  { failedFrom: 1_000, failedBefore: 1_001 },
  { partitions: [1], fromOffset: 7, beforeOffset: 8 },
];

const others: readonly DeadLetterSelection[] = [
  { ids: [] },
  { errorTypes: ["Error"] },
  { errorCodes: ["E2"] },
  { dispositions: ["undecodable"] },
  { headers: [{ name: "trace" }] },
  { headers: [{ name: "tenant" }, { name: "empty", equals: "" }] },
  { headers: [{ name: "tenant", equals: null }] },
  { keys: ["koln", null] },
  { failedFrom: 1_001 },
  { failedBefore: 1_000 },
  { partitions: [0] },
  { fromOffset: 8 },
  { beforeOffset: 7 },
];

test("each field says which letters it means, and does not mean the others", () => {
  expect(selectDeadLetters({})(letter)).toBe(true);
  for (const selection of fitting) expect(selectDeadLetters(selection)(letter), JSON.stringify(selection)).toBe(true);
  for (const selection of others) expect(selectDeadLetters(selection)(letter), JSON.stringify(selection)).toBe(false);
});

test("everything that is given must hold, and a selection survives being written down as JSON", () => {
  fc.assert(
    fc.property(fc.subarray([...fitting]), fc.subarray([...others], { maxLength: 2 }), (some, wrong) => {
      const selection = JSON.parse(JSON.stringify(Object.assign({}, ...some, ...wrong))) as DeadLetterSelection;
      expect(selectDeadLetters(selection)(letter)).toBe(wrong.length === 0);
    }),
  );
});

test("keys that are no text are told from each other and from a missing one", () => {
  const selects = selectDeadLetters({ keys: ["\ufffd"] });
  expect(selects({ ...letter, key: Buffer.from([0xff]) })).toBe(false);
  expect(selects({ ...letter, key: null })).toBe(false);
  expect(selectDeadLetters({ keys: [null] })({ ...letter, key: Buffer.alloc(0) })).toBe(false);
  expect(selectDeadLetters({ keys: [""] })({ ...letter, key: Buffer.alloc(0) })).toBe(true);
});

test("a letter without an error code has none of those asked for", () => {
  const codeless = { ...letter, failure: { ...letter.failure, code: null } };
  expect(selectDeadLetters({ errorCodes: ["null"] })(codeless)).toBe(false);
});

test("what is no selection is refused with every problem, so that a misspelt field does not mean everything", () => {
  const wrong = { errorType: ["TypeError"], ids: "orders/1/7/billing", failedFrom: "yesterday", fromOffset: Number.NaN };
  const problems = (): unknown => selectDeadLetters(wrong as unknown as DeadLetterSelection);
  expect(problems).toThrow(expect.objectContaining({ code: "INVALID_OPTIONS" }));
  for (const text of ['there is no field "errorType"', "ids must be a list", "failedFrom must be a number", "fromOffset must be a number"])
    expect(problems).toThrow(text);
});
