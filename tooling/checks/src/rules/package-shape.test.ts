import { expect, test } from "vitest";
import { madeUpWorkspace, manifest, readme, tsconfig } from "../model/made-up-workspace.ts";
import { packageShape } from "./package-shape.ts";

const problems = (changes: Parameters<typeof madeUpWorkspace>[0]): string[] =>
  packageShape.find(madeUpWorkspace(changes)).map(({ where, problem }) => `${where}: ${problem}`);

test("packages of the usual shape pass", () => {
  expect(problems({})).toEqual([]);
});

test("a missing file fails", () => {
  for (const file of ["README.md", "CHANGELOG.md", "tsconfig.json", "src/index.ts", "etc/protocol.api.md"]) {
    expect(problems({ [`packages/protocol/${file}`]: undefined })).toEqual([`packages/protocol: has no ${file}`]);
  }
  expect(problems({ "packages/core/src/errors.test.ts": undefined })).toEqual(["packages/core: has no src/errors.test.ts"]);
});

test("a report of an entry that does not exist fails", () => {
  expect(problems({ "packages/core/etc/core-inside.api.md": "Another report." })).toEqual([
    "packages/core/etc/core-inside.api.md: is the report of no entry",
  ]);
});

test("each wrong field of a manifest fails", () => {
  const conditions = { types: "./dist/index.d.ts", default: "./dist/index.js" };
  const dependencies = { "@millrace/core": "workspace:^" };
  const wrong: readonly [Parameters<typeof manifest>[1], string][] = [
    [{ name: "protocol" }, "is named protocol"],
    [{ version: "one" }, "has version one"],
    [{ description: "" }, "has no description"],
    [{ license: "MIT" }, "has license MIT"],
    [{ type: "commonjs" }, "has type commonjs"],
    [{ private: true }, "is private"],
    [{ sideEffects: true }, "does not say that it has no side effects"],
    [{ engines: { node: ">=18" } }, "has engines.node >=18"],
    [{ files: ["dist", "README.md", "CHANGELOG.md", "LICENSE"] }, "files leaves out NOTICE"],
    [
      { exports: { ".": { ...conditions, "@millrace/source": "./src/index.ts" }, "./package.json": "./package.json" } },
      'exports "." has other conditions, or another order',
    ],
    [
      {
        publishConfig: {
          access: "public",
          exports: { ".": { "@millrace/source": "./src/index.ts", ...conditions }, "./package.json": "./package.json" },
        },
      },
      "publishConfig.exports differs from exports",
    ],
  ];
  for (const [change, problem] of wrong) {
    expect(problems({ "packages/protocol/package.json": manifest("protocol", { dependencies, ...change }) })).toEqual([
      `packages/protocol/package.json: ${problem}`,
    ]);
  }
});

test("a second extra entry fails", () => {
  const entry = (stem: string): Record<string, string> => ({
    "@millrace/source": `./src/${stem}.ts`,
    types: `./dist/${stem}.d.ts`,
    default: `./dist/${stem}.js`,
  });
  const exports = { ".": entry("index"), "./node": entry("node/index"), "./more": entry("more/index"), "./package.json": "./package.json" };
  const dependencies = { "@millrace/core": "workspace:^" };
  expect(problems({ "packages/protocol/package.json": manifest("protocol", { dependencies, exports }) })).toContain(
    "packages/protocol/package.json: exports has 3 entries",
  );
});

test("a tsconfig whose references differ from the dependencies fails", () => {
  expect(problems({ "packages/protocol/tsconfig.json": tsconfig() })).toEqual(["packages/protocol/tsconfig.json: references nothing"]);
  expect(problems({ "packages/core/tsconfig.json": tsconfig("protocol") })).toEqual([
    "packages/core/tsconfig.json: references ../protocol",
  ]);
  expect(problems({ "packages/core/tsconfig.json": "{}" })).toEqual([
    "packages/core/tsconfig.json: extends undefined",
    "packages/core/tsconfig.json: builds the tests too",
  ]);
});

test("a README that is too long, lacks a part or has it in the wrong place fails", () => {
  const where = "packages/core/README.md";
  expect(problems({ [where]: readme("core", "line\n".repeat(120)) })).toEqual([`${where}: has 138 lines`]);
  expect(problems({ [where]: readme("core").replace("```ts", "```js") })).toEqual([`${where}: lacks a program in a \`\`\`ts block`]);
  expect(problems({ [where]: readme("core").replace("## Errors", "## Faults") })).toEqual([`${where}: lacks a section on errors`]);
  expect(problems({ [where]: readme("core").replace("[root](../../README.md)", "") })).toEqual([
    `${where}: lacks a link to read on, at its end`,
  ]);
  expect(
    problems({ [where]: readme("core").replace("## Options", "## Guarantees").replace("## Guarantees\nSome.", "## Options\nSome.") }),
  ).toContain(`${where}: has a section on errors too early`);
});

test("an entry file with logic, star exports, a wrong order or too many names fails", () => {
  const where = "packages/protocol/src/index.ts";
  expect(problems({ [where]: 'export const one = 1;\nexport { two } from "./two.ts";\n' })).toEqual([
    `${where}: holds more than named re-exports: export const one = 1;`,
  ]);
  expect(problems({ [where]: 'export * from "./two.ts";\nexport { three } from "./three.ts";\n' })).toHaveLength(1);
  expect(problems({ [where]: 'export { two } from "./two.ts";\nexport { a } from "./a.ts";\n' })).toEqual([
    `${where}: is not in alphabetical order at ./two.ts`,
  ]);
  expect(problems({ [where]: `export { ${Array.from({ length: 61 }, (_, index) => `n${index}`).join(", ")} } from "./n.ts";\n` })).toEqual([
    `${where}: exports 61 names`,
  ]);
  expect(problems({ [where]: "" })).toEqual([`${where}: exports nothing`]);
});

test("the order is the formatter's: folders, then names, then longer names, numbers by value", () => {
  const sorted = ["./a/b.ts", "./a.ts", "./a-b/c.ts", "./a-b.ts", "./a2.ts", "./a10.ts", "./aa.ts"];
  expect(
    problems({ "packages/protocol/src/index.ts": sorted.map((path, index) => `export { n${index} } from "${path}";\n`).join("") }),
  ).toEqual([]);
});

test("an app without README or test fails", () => {
  expect(problems({ "apps/quickstart/README.md": undefined, "apps/quickstart/test/main.test.ts": undefined })).toEqual([
    "apps/quickstart: has no README.md",
    "apps/quickstart: has no test",
  ]);
});
