import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { validateMessageContent } from "./message-content.ts";

const found = (...patterns: string[]): string[] => patterns.map((pattern) => `Dangerous content pattern detected: ${pattern}`);

test("[002-16] a message of more than a mebibyte is refused; bytes are counted, not characters", () => {
  const tooLarge = { is_valid: false, security_issues: ["Message too large (exceeds 1MB)"], sanitized_message: null };
  const withJsonBytes = (bytes: number): object => ({ text: "a".repeat(bytes - 11) });
  expect(JSON.stringify(withJsonBytes(1_048_576))).toHaveLength(1_048_576);
  expect(validateMessageContent(withJsonBytes(1_048_576))).toMatchObject({ is_valid: true, security_issues: [] });
  expect(validateMessageContent(withJsonBytes(1_048_577))).toEqual(tooLarge);
  expect(validateMessageContent({ text: `${"\u00e9".repeat(524_282)}a` })).toMatchObject({ is_valid: true });
  expect(validateMessageContent({ text: "\u00e9".repeat(524_283) })).toEqual(tooLarge);
  expect(validateMessageContent({ text: '"'.repeat(600_000) })).toEqual(tooLarge);
  for (const [most, more] of [
    ["a".repeat(1_048_576), "a".repeat(1_048_577)],
    [Buffer.alloc(1_048_576), Buffer.alloc(1_048_577)],
  ]) {
    expect(validateMessageContent(most)).toMatchObject({ is_valid: true });
    expect(validateMessageContent(more)).toEqual(tooLarge);
  }
  expect(validateMessageContent("12345", { limits: { messageBytes: 4 } }).security_issues).toEqual(["Message too large (exceeds 4 bytes)"]);
});

test.each([
  ["<script>alert(1)</script>", "<script..>..</script>"],
  ["<SCRIPT src='x'>\n\nalert(1)\n</ScRiPt>", "<script..>..</script>"],
  ["JavaScript:alert(1)", "javascript:"],
  ["DATA:text/HTML;base64,xyz", "data:text/html"],
  ["x = EVAL('1')", "eval("],
  ["exec('ls')", "exec("],
  ["sudo RM -RF /", "rm -rf"],
  ["subprocess.run", "subprocess."],
  ["import os; os.system", "os.system"],
  ["wget http://x", "wget "],
  ["CURL http://x", "curl "],
])("[002-17] a dangerous pattern is told of, in any case and over lines, and the message stays valid: %j", (text, pattern) => {
  for (const message of [text, { nested: [{ text }] }, Buffer.from(text)]) {
    expect(validateMessageContent(message)).toEqual({ is_valid: true, security_issues: found(pattern), sanitized_message: message });
    expect(validateMessageContent(message, { policy: "block" })).toEqual({
      is_valid: false,
      security_issues: found(pattern),
      sanitized_message: null,
    });
  }
});

test.each([
  "java\tscript\n:alert(1)",
  "java\u200bscript:",
  "\uff4a\uff41\uff56\uff41\uff53\uff43\uff52\uff49\uff50\uff54\uff1a",
  "\u{1d423}avascript:",
  "&#106;avascript&colon;",
  "&#x6A;avascript:",
  "%6aavascript%3A",
  "%256aavascript:",
  "\\u006aavascript:",
  "\\x6aavascript:",
  "\\u{6a}avascript:",
  "j\u0000a\u0000v\u0000a\u0000s\u0000c\u0000r\u0000i\u0000p\u0000t\u0000:\u0000",
  "j\u{e0061}ava\ufe0fscript\u00ad:",
])("a pattern in disguise is found: %j", (text) => {
  expect(validateMessageContent(text).security_issues).toEqual(found("javascript:"));
  expect(validateMessageContent({ text }).security_issues).toEqual(found("javascript:"));
});

test.each([
  "rm -fr /",
  "rm  -r -f /",
  "rm\t-rvf x",
  "rm -v --recursive --force x",
  "rm -i -r --force",
  "rm -rf/",
  "rm\u00a0-rf",
  "rm\\n-rf",
])("a forced removal is found in every spelling: %j", (text) => {
  expect(validateMessageContent(text).security_issues).toEqual(found("rm -rf"));
});

test.each([
  "the firm -for example- is here",
  "rm -r x",
  "rm -f x; ls -r",
  "rm - r - f",
  "form -i rm -v x -rf",
  "<script> but no end",
  "</script><script>",
  "a retrieval of scripts",
  "curling",
  "data: text",
])("a harmless text is let alone: %j", (text) => {
  expect(validateMessageContent(text)).toEqual({ is_valid: true, security_issues: [], sanitized_message: text });
});

test("tombstones, 64-bit integers, bytes, dates and classes are messages; what cannot be written is none", () => {
  class Order {
    id = 7n;
    at = new Date(0);
    body = Buffer.from("eval(");
  }
  expect(validateMessageContent(null)).toEqual({ is_valid: true, security_issues: [], sanitized_message: null });
  expect(validateMessageContent(new Map([["a", new Set(["eval("])]])).security_issues).toEqual(found("eval("));
  expect(validateMessageContent([Uint8Array.from(Buffer.from("eval(")).buffer]).security_issues).toEqual(found("eval("));
  expect(validateMessageContent(runInNewContext("new Uint8Array([101, 118, 97, 108, 40]).buffer")).security_issues).toEqual(found("eval("));
  // Bytes count as base64, whatever they are.
  expect(validateMessageContent({ body: Buffer.alloc(700_000, 0xff) })).toMatchObject({ is_valid: true });
  expect(validateMessageContent({ body: Buffer.alloc(800_000) })).toMatchObject({ is_valid: false });
  expect(validateMessageContent(new Order()).security_issues).toEqual(found("eval("));
  expect(validateMessageContent(new Uint8Array([1]).buffer)).toMatchObject({ is_valid: true });
  expect(validateMessageContent(() => 1)).toMatchObject({
    is_valid: false,
    security_issues: ["Validation error: the message cannot be written as JSON"],
  });
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  expect(validateMessageContent(cyclic)).toMatchObject({
    is_valid: false,
    security_issues: [expect.stringContaining("Validation error: ")],
    sanitized_message: null,
  });
  let deep: unknown = 1;
  for (let depth = 0; depth < 100_000; depth++) deep = [deep];
  expect(validateMessageContent(deep)).toMatchObject({ is_valid: false });
  const holes: unknown[] = [];
  holes.length = 100_000_000;
  expect(validateMessageContent(holes)).toMatchObject({ is_valid: false, security_issues: ["Message too large (exceeds 1MB)"] });
  let wide: unknown = 1;
  for (let depth = 0; depth < 60; depth++) wide = [wide, wide];
  expect(validateMessageContent(wide)).toMatchObject({ is_valid: false, security_issues: ["Message too large (exceeds 1MB)"] });
});

/** Ways to hide a letter that whoever uses the text undoes. */
const disguises: readonly ((letter: string) => string)[] = [
  (letter) => letter,
  (letter) => letter.toUpperCase(),
  (letter) => `${letter}\u200b`,
  (letter) => `\u00ad${letter}`,
  (letter) => (letter > " " && letter <= "~" ? String.fromCharCode(letter.charCodeAt(0) + 0xfee0) : letter),
  (letter) => `%${letter.charCodeAt(0).toString(16).padStart(2, "0")}`,
  (letter) => `%25${letter.charCodeAt(0).toString(16).padStart(2, "0")}`,
  (letter) => `&#${letter.charCodeAt(0)};`,
  (letter) => `&#x${letter.charCodeAt(0).toString(16)};`,
  (letter) => `&amp;#${letter.charCodeAt(0)};`,
  (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  (letter) => `\\x${letter.charCodeAt(0).toString(16).padStart(2, "0")}`,
  (letter) => `\\u{${letter.charCodeAt(0).toString(16)}}`,
  (letter) => (letter === " " ? "\u00a0\t " : letter),
];

test("no mixture of disguises hides a pattern, in text, bytes or JSON", () => {
  const patterns = [
    "<script>x</script>",
    "javascript:",
    "data:text/html",
    "eval(",
    "exec(",
    "rm -rf",
    "subprocess.",
    "os.system",
    "wget x",
    "curl x",
  ];
  const disguised = fc
    .constantFrom(...patterns)
    .chain((pattern) =>
      fc.tuple(fc.constant(pattern), fc.array(fc.constantFrom(...disguises), { minLength: pattern.length, maxLength: pattern.length })),
    );
  fc.assert(
    fc.property(disguised, fc.string(), ([pattern, ways], before) => {
      // The space keeps what comes before from being one escape with what comes next.
      const text = `${before} ${Array.from(pattern)
        .map((letter, index) => (ways[index] as (letter: string) => string)(letter))
        .join("")}`;
      for (const message of [text, Buffer.from(text), { text }, [[text]]]) {
        expect(validateMessageContent(message, { policy: "block" }).is_valid, text).toBe(false);
      }
    }),
    { numRuns: 1000 },
  );
});

test("whatever is given, there is a result; what is small enough and plain passes or is told of by name", () => {
  fc.assert(
    fc.property(
      fc.anything({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true, withSparseArray: true }),
      (message) => {
        const { is_valid, security_issues, sanitized_message } = validateMessageContent(message);
        expect(sanitized_message).toBe(is_valid ? message : null);
        for (const issue of security_issues)
          expect(issue).toMatch(/^(Dangerous content pattern detected|Validation error|Message too large)/);
      },
    ),
    { numRuns: 500 },
  );
});
