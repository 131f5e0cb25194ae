import { expect, test } from "vitest";
import type { Manifest } from "../model/workspace.ts";
import { tarballProblems } from "./tarball.ts";

const paths = ["package.json", "README.md", "CHANGELOG.md", "LICENSE", "NOTICE", "dist/index.js", "dist/index.d.ts"];
const manifest: Manifest = {
  version: "0.1.0",
  exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" }, "./package.json": "./package.json" },
  dependencies: { "@millrace/core": "^0.1.0" },
};
const changelog = "# @millrace/protocol\n\n## 0.1.0\n";
const good = { paths, manifest, changelog };

test("a whole tarball passes", () => {
  expect(tarballProblems(good)).toEqual([]);
});

test("a missing file fails", () => {
  for (const missing of ["README.md", "CHANGELOG.md", "LICENSE", "NOTICE"]) {
    expect(tarballProblems({ ...good, paths: paths.filter((path) => path !== missing) })).toEqual([`lacks ${missing}`]);
  }
});

test("tests, sources, reports and build state inside fail", () => {
  expect(
    tarballProblems({ ...good, paths: [...paths, "dist/a.test.js", "test/b.js", "src/c.ts", "etc/d.api.md", "dist/.tsbuildinfo"] }),
  ).toEqual([
    "holds the test dist/a.test.js",
    "holds the test test/b.js",
    "holds the source src/c.ts",
    "holds the report etc/d.api.md",
    "holds dist/.tsbuildinfo",
  ]);
});

test("a manifest that only works in the workspace fails", () => {
  const exports = { ".": { "@millrace/source": "./dist/index.js", types: "./dist/index.d.ts" } };
  const dependencies = { "@millrace/core": "workspace:^", kafkajs: "catalog:" };
  expect(tarballProblems({ ...good, manifest: { ...manifest, exports, dependencies } })).toEqual([
    "package.json still says @millrace/source",
    "package.json still says workspace:",
    "package.json still says catalog:",
  ]);
});

test("an export that is not inside fails", () => {
  const exports = { ...manifest.exports, "./node": { default: "./dist/node/index.js" } };
  expect(tarballProblems({ ...good, manifest: { ...manifest, exports } })).toEqual(["exports ./dist/node/index.js, which is not inside"]);
});

test("a package without a release, or without a word on it, fails", () => {
  for (const version of ["0.0.0", "0.0.1"]) {
    expect(tarballProblems({ ...good, manifest: { ...manifest, version } })).toEqual(["has no release of its own: add a changeset"]);
  }
  expect(tarballProblems({ ...good, changelog: "# @millrace/protocol\n" })).toEqual(["CHANGELOG.md says nothing of 0.1.0"]);
});
