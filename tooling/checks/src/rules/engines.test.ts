import { expect, test } from "vitest";
import { type MadeUpOptions, madeUpWorkspace, manifest } from "../model/made-up-workspace.ts";
import { engines } from "./engines.ts";

const problems = (changes: Parameters<typeof madeUpWorkspace>[0], options?: MadeUpOptions): string[] =>
  engines.find(madeUpWorkspace(changes, options)).map(({ problem }) => problem);
const core = "workspace:^";

test("exports that exist and dependencies from the catalog pass", () => {
  const dependencies = { "@millrace/core": core, kafkajs: "catalog:" };
  expect(
    problems(
      { "packages/protocol/package.json": manifest("protocol", { dependencies }) },
      { installedEngines: { kafkajs: "^20.19.0 || >=22.12.0" } },
    ),
  ).toEqual([]);
});

test("an export of a file that does not exist fails", () => {
  expect(problems({ "packages/core/src/index.ts": undefined })).toEqual(["exports ./src/index.ts, which does not exist"]);
});

test("a dependency that needs another Node fails", () => {
  const changes = { "packages/protocol/package.json": manifest("protocol", { dependencies: { kafkajs: "catalog:" } }) };
  expect(problems(changes, { installedEngines: { kafkajs: ">=24" } })).toEqual(["runs on Node 22.22.0, but kafkajs asks for >=24"]);
  expect(problems(changes, { installedEngines: { kafkajs: "^22" } })).toEqual(["runs on Node 24.0.0, 24.21.0, but kafkajs asks for ^22"]);
});

test("a dependency that is not installed fails", () => {
  const changes = { "packages/protocol/package.json": manifest("protocol", { dependencies: { kafkajs: "catalog:" } }) };
  expect(engines.find({ ...madeUpWorkspace(changes), installed: () => undefined }).map(({ problem }) => problem)).toEqual([
    "kafkajs is not installed",
  ]);
});

test("a version outside the catalog fails, but not in peerDependencies", () => {
  const asks = (changes: Parameters<typeof manifest>[1]): string[] =>
    problems({ "packages/protocol/package.json": manifest("protocol", changes) });
  expect(asks({ dependencies: { kafkajs: "^2.2.4" } })).toEqual(["asks for kafkajs as ^2.2.4"]);
  expect(asks({ devDependencies: { "@millrace/core": "0.1.0" } })).toEqual(["asks for @millrace/core as 0.1.0"]);
  expect(asks({ peerDependencies: { kafkajs: "^2.2.4" } })).toEqual([]);
});
