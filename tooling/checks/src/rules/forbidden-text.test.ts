import { expect, test } from "vitest";
import { madeUpWorkspace } from "../model/made-up-workspace.ts";
import { forbiddenText } from "./forbidden-text.ts";

const found = (path: string, ...lines: string[]): string[] =>
  forbiddenText.find(madeUpWorkspace({ [path]: lines.join("\n") })).map(({ where, problem }) => `${where.slice(path.length)} ${problem}`);
const source = "packages/core/src/clock.ts";
/** Puts a word together, so that this file passes the rule that it tests. */
const join = (...parts: string[]): string => parts.join("");

test("ordinary text passes", () => {
  expect(forbiddenText.find(madeUpWorkspace())).toEqual([]);
  expect(found("docs/page.md", "See https://example.org/work/page, ./work/x and the todo list.")).toEqual([]);
});

test("reading the environment fails outside config, tooling and an app's main", () => {
  const line = "const brokers = process.env['KAFKA_BROKERS'];";
  expect(found(source, "", line)).toEqual([":2 reads the environment"]);
  expect(found("apps/quickstart/src/job.ts", line)).toEqual([":1 reads the environment"]);
  expect(found(source, "// Never reads process.env.")).toEqual([]);
  for (const path of ["packages/config/src/environment.ts", "tooling/cluster/src/main.ts", "apps/quickstart/src/main.ts"])
    expect(found(path, line)).toEqual([]);
});

test("paths outside the repository and of one machine fail", () => {
  expect(found("docs/page.md", join("see ..", "/shared/plan.md"))).toEqual([":1 points outside the repository"]);
  expect(found(source, join('import { x } from "../..', '/shared/x.ts";'), join("// ..", "/shared-resource.ts"))).toEqual([]);
  for (const path of [join("/wo", "rk/main"), join("/ro", "ot/.cache"), join("/ho", "me/somebody/x"), join("/Us", "ers/somebody/x")]) {
    expect(found(source, `const folder = "${path}";`)).toEqual([":1 holds a path of one machine"]);
  }
});

test("the host of a package registry fails", () => {
  expect(found("pnpm-lock.yaml", join("tarball: https://registry.", "npmjs.org/x.tgz"))).toEqual([":1 names a package registry's host"]);
  expect(found("tooling/cluster/pom.xml", join("<url>https://repo.", "maven.apache.org/maven2</url>"))).toHaveLength(1);
});

test("a focused or announced test fails", () => {
  expect(found("packages/core/src/a.test.ts", join("test", '.only("x", () => {});'))).toEqual([
    ":1 runs only some tests, or announces one",
  ]);
  expect(found("packages/core/src/a.test.ts", join("describe.concurrent", ".only()"))).toHaveLength(1);
  expect(found("packages/core/src/a.test.ts", join("test", '.todo("x");'))).toHaveLength(1);
});

test("a skipped test needs a reason, unless the condition on the platform gives it", () => {
  const skip = join("test", '.skip("x", () => {});');
  expect(found("packages/core/src/a.test.ts", "", skip)).toEqual([":2 leaves tests out without a reason"]);
  expect(found("packages/core/src/a.test.ts", join("test", ".skipIf(slow)('x')"))).toHaveLength(1);
  expect(found("packages/core/src/a.test.ts", "// The driver refuses this.", skip)).toEqual([]);
  expect(found("packages/core/src/a.test.ts", 'test.runIf(process.platform === "linux")("x", () => {});')).toEqual([]);
});

test("work left for later fails", () => {
  expect(found(source, join("// TO", "DO: later"))).toEqual([":1 leaves work for later"]);
  expect(found("docs/page.md", join("FIX", "ME"))).toEqual([":1 leaves work for later"]);
});
