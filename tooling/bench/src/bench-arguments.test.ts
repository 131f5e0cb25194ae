import { expect, test } from "vitest";
import { parseBenchArguments } from "./bench-arguments.ts";

const names = ["client", "serdes"];

test("an area alone is measured in fifteen rounds and printed as a table", () => {
  expect(parseBenchArguments(["serdes"], names)).toEqual({ ok: true, value: { area: "serdes", json: false, embedded: false, rounds: 15 } });
});

test.each([[["client", "--json", "--rounds", "40"]], [["--rounds=40", "--json", "client"]], [["--json", "client", "--rounds", "40"]]])(
  "options are understood in any order: %j",
  (words) => {
    expect(parseBenchArguments(words, names)).toEqual({ ok: true, value: { area: "client", json: true, embedded: false, rounds: 40 } });
  },
);

test("the embedded broker is asked for by name", () => {
  expect(parseBenchArguments(["client", "--embedded"], names)).toMatchObject({ ok: true, value: { embedded: true } });
});

test.each([
  [[], "Which area? pnpm bench <area> [--json] [--rounds N] [--embedded], the areas are client, serdes."],
  [["nothing"], "Unknown area nothing: the areas are client, serdes."],
  [["toString"], "Unknown area toString: the areas are client, serdes."],
  [["client", "serdes"], "One area at a time, not client and serdes."],
  [["client", "--fast"], "Unknown option --fast: pnpm bench <area> [--json] [--rounds N] [--embedded], the areas are client, serdes."],
  [["client", "--rounds"], "--rounds takes a number of at least 15, not nothing."],
  [["client", "--rounds", "14"], "--rounds takes a number of at least 15, not 14."],
  [["client", "--rounds", "1e3"], "--rounds takes a number of at least 15, not 1e3."],
  [["client", "--rounds="], "--rounds takes a number of at least 15, not ."],
])("%j gets one sentence", (words, problem) => {
  expect(parseBenchArguments(words, names)).toEqual({ ok: false, problem });
});
