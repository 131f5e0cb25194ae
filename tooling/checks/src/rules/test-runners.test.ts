import { expect, test } from "vitest";
import { madeUpWorkspace } from "../model/made-up-workspace.ts";
import { testRunners } from "./test-runners.ts";

test("files that one runner matches pass", () => {
  const workspace = madeUpWorkspace({ "packages/core/test/a.test.ts": "", "packages/core/test/deep/b.real.test.ts": "" });
  expect(testRunners.find(workspace)).toEqual([]);
});

test("a file that no runner matches fails", () => {
  for (const path of ["packages/core/test/a.spec.ts", "packages/core/a.test.ts", "packages/core/test/a.test.js", "docs/a.test.ts"]) {
    expect(testRunners.find(madeUpWorkspace({ [path]: "" }))).toMatchObject([{ where: path, problem: "is run by no runner" }]);
  }
});

test("a file that two runners match fails", () => {
  const runners = [
    { name: "one", include: ["**/*.test.ts"], exclude: ["apps/**"] },
    { name: "two", include: ["packages/*/src/**/*.test.ts", "apps/**/*.test.ts"], exclude: [] },
  ];
  expect(testRunners.find(madeUpWorkspace({}, { runners }))).toMatchObject([
    { where: "packages/core/src/errors.test.ts", problem: "is run by one and two" },
  ]);
});
