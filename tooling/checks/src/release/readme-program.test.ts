import { expect, test } from "vitest";
import { compareOutput, readProgram } from "./readme-program.ts";

const fence = (language: string, ...lines: string[]): string => [`\`\`\`${language}`, ...lines, "```"].join("\n");

test("the first program is read, with the output right after it and the packages it imports", () => {
  const readme = [
    "# Title",
    fence("sh", "npm install"),
    fence("ts", 'import { a } from "@millrace/core/deep";', 'import { join } from "node:path";', "a(join());"),
    fence("text", "one", "two"),
    fence("ts", "second();"),
  ].join("\n\n");
  expect(readProgram(readme)).toEqual({
    code: 'import { a } from "@millrace/core/deep";\nimport { join } from "node:path";\na(join());\n',
    output: "one\ntwo\n",
    packages: ["@millrace/core"],
  });
});

test("a text block that does not follow at once is not the output", () => {
  expect(readProgram([fence("ts", "a();"), "It prints a lot.", fence("text", "one")].join("\n\n"))?.output).toBe(undefined);
});

test("a README without a program has none", () => {
  expect(readProgram(fence("sh", "npm install"))).toBe(undefined);
});

test("output is compared line by line, white space at the ends aside", () => {
  expect(compareOutput("one\ntwo\n", "one  \r\ntwo")).toBe(undefined);
  expect(compareOutput(undefined, "anything")).toBe(undefined);
  expect(compareOutput("one\ntwo", "one\nthree")).toBe('line 2 of its output is "three", the README says "two"');
  expect(compareOutput("one", "one\ntwo")).toBe('line 2 of its output is "two", the README says "nothing"');
  expect(compareOutput("one\ntwo", "one")).toBe('line 2 of its output is "missing", the README says "two"');
});
