import { expect, test } from "vitest";
import { madeUpWorkspace, manifest } from "../model/made-up-workspace.ts";
import { layers } from "./layers.ts";

const problems = (changes: Parameters<typeof madeUpWorkspace>[0]): string[] =>
  layers.find(madeUpWorkspace(changes)).map(({ problem }) => problem);
const workspace = "workspace:^";

test("arrows that point down pass", () => {
  expect(problems({})).toEqual([]);
});

test("an arrow that points up fails, in dependencies and in devDependencies", () => {
  const core = { "packages/protocol/package.json": manifest("protocol") };
  expect(
    problems({ ...core, "packages/core/package.json": manifest("core", { dependencies: { "@millrace/protocol": workspace } }) }),
  ).toEqual(["core (layer 0) depends on protocol (layer 1)"]);
  expect(
    problems({ ...core, "packages/core/package.json": manifest("core", { devDependencies: { "@millrace/protocol": workspace } }) }),
  ).toEqual(["core (layer 0) is tested with protocol (layer 1)"]);
  expect(
    problems({ ...core, "packages/core/package.json": manifest("core", { peerDependencies: { "@millrace/protocol": workspace } }) }),
  ).toEqual(["core (layer 0) depends on protocol (layer 1)"]);
});

test("an arrow within a layer fails, except for tests", () => {
  const serdes = { "packages/serdes/package.json": manifest("serdes") };
  expect(
    problems({ ...serdes, "packages/protocol/package.json": manifest("protocol", { dependencies: { "@millrace/serdes": workspace } }) }),
  ).toEqual(["protocol (layer 1) depends on serdes (layer 1)"]);
  expect(
    problems({ ...serdes, "packages/protocol/package.json": manifest("protocol", { devDependencies: { "@millrace/serdes": workspace } }) }),
  ).toEqual([]);
});

test("a cycle fails, even if only tests close it", () => {
  const found = problems({
    "packages/serdes/package.json": manifest("serdes", { devDependencies: { "@millrace/protocol": workspace } }),
    "packages/protocol/package.json": manifest("protocol", { devDependencies: { "@millrace/serdes": workspace } }),
  });
  expect(found).toEqual(["cycle: protocol -> serdes -> protocol"]);
});

test("a package without a layer fails", () => {
  expect(problems({ "packages/novelty/package.json": manifest("novelty") })).toEqual(["novelty has no layer"]);
});

test("testing depends on core only, and anything may be tested with it", () => {
  const testing = manifest("testing", { dependencies: { "@millrace/core": workspace } });
  const tested = manifest("protocol", { devDependencies: { "@millrace/testing": workspace } });
  expect(problems({ "packages/testing/package.json": testing, "packages/protocol/package.json": tested })).toEqual([]);
  const wrong = manifest("testing", { dependencies: { "@millrace/protocol": workspace } });
  expect(problems({ "packages/testing/package.json": wrong })).toEqual(["testing depends on protocol, but may depend on core only"]);
});

test("a package depends on no app, and on tooling for development only", () => {
  const tooling = { "tooling/chaos/package.json": JSON.stringify({ name: "@millrace/chaos" }) };
  const needs = (changes: Parameters<typeof manifest>[1]): Parameters<typeof madeUpWorkspace>[0] => ({
    ...tooling,
    "apps/quickstart/package.json": JSON.stringify({ name: "@millrace/quickstart" }),
    "packages/protocol/package.json": manifest("protocol", changes),
  });
  expect(problems(needs({ devDependencies: { "@millrace/quickstart": workspace } }))).toEqual(["depends on the app quickstart"]);
  expect(problems(needs({ devDependencies: { "@millrace/chaos": workspace } }))[0]).toMatch("depends on the tool chaos");
  expect(problems(needs({ dependencies: { "@millrace/tsconfig": workspace } }))[0]).toMatch("depends on the tool tsconfig");
});
