import { isDeepStrictEqual } from "node:util";
import { MillraceError } from "@millrace/core";

/** One error class of a package, with an error of it and what that error must say. */
export interface ErrorTableRow {
  readonly class: { readonly name: string; is(error: unknown): boolean };
  /** An error of the class. A class with several codes may have a row for each. */
  readonly error: MillraceError;
  /** What the error was given as its cause; an error without one must have none. */
  readonly cause?: Error | undefined;
  /** Every code that errors of this row may have. @default the code of `error` */
  readonly codes?: readonly string[] | undefined;
  /** All that the error's JSON holds besides `name` and `cause`: `code`, `message`, `retryable` and the class's own fields. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** A package's errors, and where they must be found. */
export interface ErrorTable {
  /** All that the package exports: `import * as exports from "./index.ts"`. */
  readonly exports: Readonly<Record<string, unknown>>;
  /** Text of the README, which names every class, and every code in a row of a Markdown table, in backticks. */
  readonly readme: string;
  readonly rows: readonly ErrorTableRow[];
}

/**
 * What is wrong with the errors of a package, one sentence each; nothing is, where the list is empty. Every exported error class has a row; its error has the
 * class's name, the millrace brand, a code of its own, the cause it was given, and JSON that holds what the row says and nothing more; `is` recognises it, and
 * no error of another class; the README names the class, and its tables the codes.
 */
export function errorTableProblems({ exports, readme, rows }: ErrorTable): string[] {
  const tables = readme
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .join("\n");
  const classes = new Set(rows.map((row) => row.class));
  const names = new Set([...classes].map(({ name }) => name));
  const codes = rows.flatMap(codesOf);
  return [
    ...rows.flatMap((row) => [...rowProblems(row), ...mixUps(row, rows)]),
    ...[...names].filter((name) => !readme.includes(`\`${name}\``)).map((name) => `${name} is not in the README`),
    ...[...new Set(codes)].filter((code) => !tables.includes(`\`${code}\``)).map((code) => `${code} is in no table of the README`),
    ...codes.filter((code, index) => codes.indexOf(code) < index).map((code) => `${code} is the code of two rows`),
    ...Object.entries(exports)
      .filter(([, value]) => isErrorClass(value) && ![...classes].some((known) => known === value))
      .map(([name]) => `${name} is exported but has no row`),
    ...[...classes].filter((known) => !Object.values(exports).includes(known)).map(({ name }) => `${name} has a row but is not exported`),
  ];
}

function rowProblems(row: ErrorTableRow): string[] {
  const { class: errorClass, error, cause, json } = row;
  const problems: string[] = [];
  const expect = (holds: boolean, problem: string): void => {
    if (!holds) problems.push(`${errorClass.name} ${error.code}: ${problem}`);
  };
  const foreign = [new Error("another"), Object.assign(new Error("another"), { name: errorClass.name, code: error.code })];
  expect(error.name === errorClass.name, `its name is ${error.name}`);
  expect(errorClass.is(error), "its class does not recognise it");
  expect(!foreign.some((other) => errorClass.is(other)), "its class recognises an error that is not millrace's");
  expect(MillraceError.is(error), "it is no millrace error");
  expect(error.cause === cause, `its cause is ${String(error.cause)}`);
  expect(codesOf(row).includes(error.code), "its code is not one of the row's");
  const expected = {
    name: errorClass.name,
    ...json,
    ...(cause === undefined ? {} : { cause: { name: cause.name, message: cause.message } }),
  };
  const written = JSON.stringify(error);
  expect(isDeepStrictEqual(JSON.parse(written), expected), `its JSON is ${written}, not ${JSON.stringify(expected)}`);
  return problems;
}

/** Errors of other classes that this row's class takes for its own. */
function mixUps({ class: errorClass }: ErrorTableRow, rows: readonly ErrorTableRow[]): string[] {
  return rows
    .filter((other) => other.class !== errorClass && errorClass.is(other.error))
    .map((other) => `${errorClass.name} recognises ${other.class.name}`);
}

function codesOf({ codes, error }: ErrorTableRow): readonly string[] {
  return codes ?? [error.code];
}

function isErrorClass(value: unknown): boolean {
  return typeof value === "function" && value.prototype instanceof Error;
}
