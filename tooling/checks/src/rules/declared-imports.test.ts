import { expect, test } from "vitest";
import { madeUpWorkspace } from "../model/made-up-workspace.ts";
import { declaredImports } from "./declared-imports.ts";

const problems = (path: string, text: string): string[] =>
  declaredImports.find(madeUpWorkspace({ [path]: text })).map(({ problem }) => problem);
const source = "packages/protocol/src/encode.ts";

test("declared imports, Node's modules and relative ones pass", () => {
  expect(declaredImports.find(madeUpWorkspace())).toEqual([]);
  expect(
    problems(
      source,
      'import { join } from "node:path";\nimport fs from "fs";\nimport { a } from "./a.ts";\nimport type { B } from "@millrace/core";\n',
    ),
  ).toEqual([]);
});

test("an undeclared workspace or external import fails", () => {
  expect(problems(source, 'import { encode } from "@millrace/serdes/avro";\n')).toEqual([
    "imports @millrace/serdes, which packages/protocol/package.json does not declare",
  ]);
  expect(problems(source, 'import {\n  one,\n  two,\n} from "kafkajs";\n')).toEqual([
    "imports kafkajs, which packages/protocol/package.json does not declare",
  ]);
  expect(problems(source, 'export * as avsc from "avsc";\n')).toHaveLength(1);
  expect(problems(source, 'import "avsc/register";\n')).toHaveLength(1);
  expect(problems(source, 'const zod = await import("zod");\n')).toHaveLength(1);
});

test("tests may also import what the root declares for development", () => {
  const text = 'import { test } from "vitest";\n';
  expect(problems("packages/protocol/src/encode.test.ts", text)).toEqual([]);
  expect(problems("packages/protocol/test/encode.test.ts", text)).toEqual([]);
  expect(problems(source, text)).toEqual(["imports vitest, which packages/protocol/package.json does not declare"]);
});

test("shipped code does not import a devDependency", () => {
  expect(problems("packages/core/src/clock.ts", 'import base from "@millrace/tsconfig/base.json";\n')).toHaveLength(1);
});

test("a relative import that leaves the package fails, and so does importing itself by name", () => {
  expect(problems(source, 'import { systemClock } from "../../core/src/clock.ts";\n')).toEqual([
    "imports ../../core/src/clock.ts, which lies in another package",
  ]);
  expect(problems(source, 'import { encode } from "@millrace/protocol";\n')).toEqual(["imports its own package by name"]);
});

test("imports of Protobuf texts do not count", () => {
  expect(problems(source, 'const text = `syntax = "proto3";\nimport "google/protobuf/any.proto";`;\n')).toEqual([]);
});

test("imports in comments and strings do not count", () => {
  expect(
    problems(source, '/**\n * import { x } from "nowhere";\n * import("nowhere")\n */\nexport const text = "import x from y";\n'),
  ).toEqual([]);
});
