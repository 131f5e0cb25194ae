import { expect, test } from "vitest";
import { madeUpWorkspace } from "../model/made-up-workspace.ts";
import { documentedExports } from "./documented-exports.ts";

const problems = (...source: string[]): string[] =>
  documentedExports
    .find(madeUpWorkspace({ "packages/core/src/clock.ts": source.join("\n") }))
    .map(({ where, problem }) => `${where} ${problem}`);

test("exports with a comment pass", () => {
  expect(documentedExports.find(madeUpWorkspace())).toEqual([]);
  expect(
    problems("/**\n * Where time comes from.\n */", "export interface Clock {}", "/** The system's. */", "export const systemClock = 1;"),
  ).toEqual([]);
});

test("an export without a comment fails, whatever kind it is of", () => {
  for (const kind of [
    "interface Clock {}",
    "type Clock = 1;",
    "class Clock {}",
    "abstract class Clock {}",
    "async function Clock() {}",
    "const Clock = 1;",
  ]) {
    expect(problems("/** Another. */", "export const other = 1;", `export ${kind}`)).toEqual([
      "packages/core/src/clock.ts exports Clock without a comment",
    ]);
  }
});

test("what the entry file does not export needs none", () => {
  expect(problems("export const inside = 1;", "const Clock = 1;")).toEqual([]);
});
