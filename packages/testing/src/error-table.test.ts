import { isErrorNamed, MillraceError } from "@millrace/core";
import { expect, test } from "vitest";
import { type ErrorTable, type ErrorTableRow, errorTableProblems } from "./error-table.ts";

class LostError extends MillraceError<"LOST" | "STOLEN"> {
  override readonly name = "LostError";
  static override is(error: unknown): error is LostError {
    return isErrorNamed(error, "LostError");
  }
}

const cause = new Error("behind it");
const lost: ErrorTableRow = {
  class: LostError,
  error: new LostError({ code: "LOST", message: "it is gone", cause }),
  cause,
  codes: ["LOST", "STOLEN"],
  json: { code: "LOST", message: "it is gone", retryable: false },
};
const right: ErrorTable = {
  exports: { LostError, find: () => undefined },
  readme: "| `LostError` | `LOST` | it is gone |\n| | `STOLEN` | somebody has it |\n",
  rows: [lost],
};
const withRow = (changes: Partial<ErrorTableRow>): string[] => errorTableProblems({ ...right, rows: [{ ...lost, ...changes }] });

test("errors as they should be have no problems", () => {
  expect(errorTableProblems(right)).toEqual([]);
});

test("a copied class that kept another's name is found, on both sides", () => {
  class CopiedError extends MillraceError<"COPIED"> {
    override readonly name = "LostError";
    static override is(error: unknown): error is CopiedError {
      return isErrorNamed(error, "LostError");
    }
  }
  const error = new CopiedError({ code: "COPIED", message: "it is here twice" });
  const json = { code: "COPIED", message: "it is here twice", retryable: false };
  const problems = errorTableProblems({
    exports: { LostError, CopiedError },
    readme: `${right.readme}| \`CopiedError\` | \`COPIED\` | never |`,
    rows: [lost, { class: CopiedError, error, json }],
  });
  expect(problems).toEqual([
    "LostError recognises CopiedError",
    "CopiedError COPIED: its name is LostError",
    expect.stringMatching(/^CopiedError COPIED: its JSON is .*"name":"LostError".*, not .*"name":"CopiedError"/),
    "CopiedError recognises LostError",
  ]);
});

test("a class that recognises nothing, or everything, is found", () => {
  const never = { name: "LostError", is: () => false };
  const always = { name: "LostError", is: () => true };
  expect(withRow({ class: never })).toContain("LostError LOST: its class does not recognise it");
  expect(withRow({ class: always })).toContain("LostError LOST: its class recognises an error that is not millrace's");
});

test("an error without the brand is found", () => {
  const error = Object.assign(new Error("it is gone", { cause }), { name: "LostError", code: "LOST" }) as unknown as MillraceError;
  expect(withRow({ error })).toContain("LostError LOST: it is no millrace error");
});

test("a cause that is lost, or comes from nowhere, is found", () => {
  expect(withRow({ error: new LostError({ code: "LOST", message: "it is gone" }) })).toContain("LostError LOST: its cause is undefined");
  expect(withRow({ cause: undefined })).toContain("LostError LOST: its cause is Error: behind it");
});

test("JSON with another message, or with more than the row says, is found", () => {
  const other = new LostError({ code: "LOST", message: "it was here", cause });
  const more = Object.assign(new LostError({ code: "LOST", message: "it is gone", cause }), { password: "secret" });
  for (const error of [other, more]) expect(withRow({ error })).toEqual([expect.stringMatching(/^LostError LOST: its JSON is /)]);
});

test("codes outside the row, and codes of two rows, are found", () => {
  expect(withRow({ codes: ["STOLEN"] })).toEqual(["LostError LOST: its code is not one of the row's"]);
  expect(errorTableProblems({ ...right, rows: [lost, { ...lost, codes: undefined }] })).toEqual(["LOST is the code of two rows"]);
});

test("a class that the README does not name, and a code that none of its tables lists, are found", () => {
  expect(errorTableProblems({ ...right, readme: "LostError, `LOST` and `STOLEN`" })).toEqual([
    "LostError is not in the README",
    "LOST is in no table of the README",
    "STOLEN is in no table of the README",
  ]);
});

test("an exported class without a row, and a row without an export, are found", () => {
  class OtherError extends MillraceError {}
  expect(errorTableProblems({ ...right, exports: { LostError, OtherError } })).toEqual(["OtherError is exported but has no row"]);
  expect(errorTableProblems({ ...right, exports: {} })).toEqual(["LostError has a row but is not exported"]);
});
