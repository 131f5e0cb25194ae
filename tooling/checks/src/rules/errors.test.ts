import { expect, test } from "vitest";
import { madeUpWorkspace, readme } from "../model/made-up-workspace.ts";
import { errors } from "./errors.ts";

const wheres = (changes: Parameters<typeof madeUpWorkspace>[0]): string[] =>
  errors.find(madeUpWorkspace(changes)).map(({ where, problem }) => `${where} ${problem}`);

test("an error in the table test and in the README passes", () => {
  expect(wheres({})).toEqual([]);
});

test("an exported error that the table test or the README leaves out fails", () => {
  expect(wheres({ "packages/core/src/errors.test.ts": "" })).toEqual(["packages/core/src/errors.test.ts does not mention CoreError"]);
  expect(wheres({ "packages/core/README.md": readme("core").replace("CoreError", "OtherError") })).toEqual([
    "packages/core/README.md does not mention CoreError",
  ]);
});

test("errors that extend another error count, those that stay inside do not", () => {
  const changes = {
    "packages/core/src/index.ts": 'export { CoreError, SpecialError } from "./core-error.ts";\n',
    "packages/core/src/core-error.ts": [
      'export class CoreError extends MillraceError<"A"> {}',
      "export abstract class SpecialError<T> extends CoreError {}",
      "export class InsideError extends CoreError {}",
    ].join("\n"),
  };
  expect(wheres(changes)).toEqual([
    "packages/core/src/errors.test.ts does not mention SpecialError",
    "packages/core/README.md does not mention SpecialError",
  ]);
});
