import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { readConfigFile } from "./file-source.ts";

const folder = mkdtempSync(join(tmpdir(), "millrace-config-file-"));
afterAll(() => rmSync(folder, { recursive: true }));

function read(name: string, text: string): unknown {
  const file = join(folder, name);
  writeFileSync(file, text);
  const result = readConfigFile(file);
  return "problem" in result ? result.problem.rule : result.root;
}

test("JSON and YAML say the same", () => {
  const expected = { connection: { brokers: ["a:1", "b:2"], requestTimeoutMs: 5 } };
  expect(read("a.json", JSON.stringify(expected))).toEqual(expected);
  expect(read("a.yaml", "connection:\n  brokers: [a:1, 'b:2'] # two\n  requestTimeoutMs: 5\n")).toEqual(expected);
  expect(read("a.YML", "connection:\n  brokers:\n    - a:1\n    - b:2\n  requestTimeoutMs: 5\n")).toEqual(expected);
});

test("an empty file is an empty configuration", () => {
  for (const [name, text] of [
    ["e.json", ""],
    ["e.json", " \n"],
    ["e.yaml", ""],
    ["e.yaml", "# nothing\n"],
  ] as const)
    expect(read(name, text)).toEqual({});
});

test("anchors work, but not so many that they make a small file large", () => {
  expect(read("a.yaml", "a: &one [1]\nb: *one\n")).toEqual({ a: [1], b: [1] });
  const rows = "bcdefghij"
    .split("")
    .map((name, index) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${"abcdefghi"[index]}`).join(",")}]`);
  expect(read("a.yaml", `a: &a [1]\n${rows.join("\n")}`)).toBe("Invalid configuration file format: it cannot be read as YAML");
});

test.each([
  ["a.json", '{ "a": 1,\n  "b": hunter2 }', "line 2, column 8"],
  ["a.json", '{ "a": "hunter2" ', "JSON"],
  ["a.yaml", 'a: "hunter2\n', "YAML at line"],
  ["a.yaml", "a: 1\nb: [hunter2, {\n", "YAML at line"],
  ["a.yaml", "a: 1\nb:\n  hunter2: 1\n  c: 2\n  hunter2: 2\n", "a key is there twice at line 5, column 3"],
  ["a.json", '{ "a": 1, "b": { "hunter2": 1,\n\t"hunter2": 2 } }', "a key is there twice at line 2, column 2"],
  ["a.yaml", "a: !secret hunter2\n", "YAML at line 1"],
  ["a.yaml", "a: *hunter2\n", "it cannot be read as YAML"],
  ["a.yaml", "a: 1\n---\nb: hunter2\n", "YAML at line"],
  ["a.yaml", `${"[".repeat(1000)}hunter2`, "nested deeper than 64 levels"],
  ["a.yaml", `${"- ".repeat(1000)}hunter2`, "nested deeper than 64 levels"],
])("bad syntax in %s says where it is and nothing of what is there: %j", (name, text, place) => {
  const rule = read(name, text);
  expect(rule).toContain("Invalid configuration file format: ");
  expect(rule).toContain(place);
  expect(rule).not.toContain("hunter2");
});

test("any JSON is read as JSON's own parser reads it, unless a key is there twice", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom("", "  ", "\t"), (value, indent) => {
      const text = JSON.stringify({ value }, null, indent);
      fc.pre(text.length < 16_000);
      expect(read("any.json", text)).toEqual(JSON.parse(text));
    }),
    { numRuns: 300 },
  );
});

test("a file that is missing, of another format, too large or no file says so", () => {
  mkdirSync(join(folder, "folder.json"));
  expect(readConfigFile(join(folder, "none.json"))).toMatchObject({
    problem: { path: "file", rule: "FileNotFound: there is no such file" },
  });
  expect(readConfigFile(join(folder, "n\0l.json"))).toMatchObject({ problem: { rule: "it cannot be read (ERR_INVALID_ARG_VALUE)" } });
  expect(readConfigFile(join(folder, "folder.json"))).toMatchObject({ problem: { rule: "it is no regular file" } });
  expect(read("a.toml", "a = 1")).toBe("its format is not known");
  expect(read("a.json", " ".repeat(16_385))).toBe("it is larger than 16384 bytes");
});

test.each([
  ["many keys", Array.from({ length: 6500 }, (_, index) => `k${index}: 1`).join("\n")],
  ["many brackets", "[]".repeat(30_000)],
  ["brackets in comments", `a: 1 #${"[".repeat(60)}`.repeat(900)],
  ["many lines of nothing", "\n".repeat(65_000)],
  ["many quotes", "'".repeat(65_000)],
  ["many colons", "a:".repeat(32_000)],
  ["many aliases", `a: &a 1\n${Array.from({ length: 5000 }, (_, index) => `k${index}: *a`).join("\n")}`],
  ["a staircase", Array.from({ length: 350 }, (_, index) => `${" ".repeat(index)}a:`).join("\n")],
])("the largest files are read or refused quickly: %s", (_what, text) => {
  const startedAt = performance.now();
  read("large.yaml", text.slice(0, 16_384));
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});
