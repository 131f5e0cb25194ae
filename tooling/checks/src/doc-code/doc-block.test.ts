import { expect, test } from "vitest";
import { commentBlocks, markdownBlocks } from "./doc-block.ts";

const fence = "```";

test("blocks of Markdown come with their lines, what readers do not see, and what they print", () => {
  const text = [
    "# Title",
    `${fence}ts`,
    "first();",
    fence,
    "",
    `${fence}text`,
    "one",
    fence,
    `${fence}sh`,
    "ls",
    fence,
    "<!-- ts",
    "declare const a: number;",
    "-->",
    `${fence}ts`,
    "second(a);",
    "third();",
    fence,
    "It prints a lot.",
    `${fence}text`,
    "two",
    fence,
  ].join("\n");
  expect(markdownBlocks("README.md", text)).toEqual([
    { source: "README.md", line: 3, code: "first();\n", setting: undefined, output: "one\n" },
    {
      source: "README.md",
      line: 16,
      code: "second(a);\nthird();\n",
      setting: { line: 13, code: "declare const a: number;\n" },
      output: undefined,
    },
  ]);
});

test("blocks of TSDoc comments come without the stars, those of other comments and of strings not at all", () => {
  const text = [
    "/**",
    " * Adds.",
    " *",
    ` * ${fence}ts`,
    " * const sum = add(1,",
    " *   2);",
    ` * ${fence}`,
    " */",
    "export function add() {}",
    "export interface A {",
    "  /**",
    `   * ${fence}ts`,
    "   * inner();",
    `   * ${fence}`,
    "   */",
    "  b: 1;",
    "}",
    `// ${fence}ts`,
    "/* no documentation",
    `${fence}ts`,
    "no();",
    fence,
    "*/",
  ].join("\n");
  expect(commentBlocks("a.ts", text)).toEqual([
    { source: "a.ts", line: 5, code: "const sum = add(1,\n  2);\n", setting: undefined, output: undefined },
    { source: "a.ts", line: 13, code: "inner();\n", setting: undefined, output: undefined },
  ]);
});
