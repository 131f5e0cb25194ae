import { expect, test } from "vitest";
import { madeUpWorkspace } from "../model/made-up-workspace.ts";
import { fileSizes, ninetiethPercentile } from "./file-sizes.ts";

const problems = (path: string, text = "\n"): string[] => fileSizes.find(madeUpWorkspace({ [path]: text })).map(({ problem }) => problem);
const lines = (count: number): string => "line\n".repeat(count);

test("small, well-named files pass", () => {
  expect(fileSizes.find(madeUpWorkspace())).toEqual([]);
  expect(problems("packages/core/src/retry-policy.ts", lines(400))).toEqual([]);
  expect(problems("packages/core/test/two-members.real.test.ts", lines(600))).toEqual([]);
});

test("a file that is too long fails; a test may be longer", () => {
  expect(problems("packages/core/src/retry.ts", lines(401))).toEqual(["has 401 lines, more than 400"]);
  expect(problems("packages/core/src/retry.test.ts", lines(601))).toEqual(["has 601 lines, more than 600"]);
  expect(problems("tooling/checks/src/rules.ts", lines(401))).toEqual([]);
});

test("generated files may have any length", () => {
  expect(problems("packages/protocol/src/generated/messages.ts", lines(5_000))).toEqual([]);
});

test("a name that says nothing, or is not in kebab-case, fails", () => {
  for (const name of ["utils", "helpers", "types", "common"])
    expect(problems(`packages/core/src/deep/${name}.ts`)).toEqual([`is called ${name}, which says nothing`]);
  for (const name of ["retryPolicy.ts", "Retry.ts", "retry_policy.ts"])
    expect(problems(`packages/core/src/${name}`)).toEqual(["is not in kebab-case"]);
});

test("the remark names packages whose files are mostly long", () => {
  const workspace = madeUpWorkspace({ "packages/protocol/src/encode.ts": lines(300), "packages/protocol/src/decode.ts": lines(320) });
  expect(ninetiethPercentile(workspace, workspace.members.find(({ noun }) => noun === "protocol")!)).toBe(320);
  expect(fileSizes.remark?.(workspace)).toBe("90th percentile above 250 lines: protocol 320");
  expect(fileSizes.remark?.(madeUpWorkspace())).toBe(undefined);
});
