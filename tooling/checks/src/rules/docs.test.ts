import { expect, test } from "vitest";
import { madeUpWorkspace } from "../model/made-up-workspace.ts";
import { docs } from "./docs.ts";

const problems = (changes: Parameters<typeof madeUpWorkspace>[0]): string[] =>
  docs.find(madeUpWorkspace(changes)).map(({ where, problem }) => `${where}: ${problem}`);

test("links that lead somewhere and a full table pass", () => {
  expect(problems({})).toEqual([]);
  const page =
    "# One page\n\n[a](../packages/core/README.md#guarantees) [b](../packages/core) [c](#one-page) [d](https://example.org) `[e](nowhere)`\n";
  expect(problems({ "docs/page.md": page })).toEqual([]);
  expect(problems({ "docs/page.md": "```md\n[a](nowhere.md)\n```\n" })).toEqual([]);
});

test("a link to nowhere fails, with its line", () => {
  expect(problems({ "docs/page.md": "# Page\n\nSee [a](nowhere.md).\n" })).toEqual([
    "docs/page.md:3: links to nowhere.md, which does not exist",
  ]);
  expect(problems({ "docs/page.md": "[a](../packages/core/README.md#absent)\n" })).toEqual([
    "docs/page.md:1: links to ../packages/core/README.md#absent, but there is no such heading",
  ]);
});

test("a package that the root README's table leaves out fails", () => {
  expect(problems({ "README.md": "| [core](packages/core) |\n\nA word on packages/protocol.\n" })).toEqual([
    "README.md: its package table lacks packages/protocol",
  ]);
  expect(problems({ "README.md": "| [core](packages/core-two) |\n" })).toContain("README.md: its package table lacks packages/core");
});

test("a workspace without a README fails", () => {
  expect(problems({ "README.md": undefined, "packages/core/README.md": undefined, "packages/protocol/README.md": undefined })).toEqual([
    "README.md: does not exist",
  ]);
});
