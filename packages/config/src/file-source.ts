import { readFileSync, statSync } from "node:fs";
import { extname } from "node:path";
import { type Document, isScalar, parseDocument, visit } from "yaml";
import { type ConfigProblem, fileNotFound } from "./config-error.ts";

/** Parsing costs more than in proportion to the size, and a configuration is small. */
const mostFileBytes = 16 * 1024;
const mostDepth = 64;
/** Lines, commas, anchors and escapes: each costs the YAML parser as much as a hundred letters. */
const mostMarks = 3_000;

/**
 * Reads a JSON or YAML file, told apart by its ending. Nothing of the file's text gets into a problem: only where it is.
 */
export function readConfigFile(file: string): { readonly root: unknown } | { readonly problem: ConfigProblem } {
  const problem = (rule: string, advice: string): { readonly problem: ConfigProblem } => ({
    problem: { path: "file", source: undefined, value: JSON.stringify(file), rule, advice },
  });
  const extension = extname(file).toLowerCase();
  if (![".json", ".yaml", ".yml"].includes(extension)) return problem("its format is not known", "name it .json, .yaml or .yml");
  let text: string;
  try {
    const found = statSync(file);
    // A pipe or a device may never end.
    if (!found.isFile()) return problem("it is no regular file", "give the path of a file");
    if (found.size > mostFileBytes) return problem(`it is larger than ${mostFileBytes} bytes`, "make it smaller");
    // Some editors mark the beginning of a text.
    text = readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    return problem(code === "ENOENT" ? fileNotFound : `it cannot be read (${code})`, "give the path of a readable file");
  }
  const parsed = extension === ".json" ? parseJson(text) : parseYaml(text);
  if ("fault" in parsed) return problem(`Invalid configuration file format: ${parsed.fault}`, "correct the file");
  return { root: parsed.value };
}

type Parsed = { readonly value: unknown } | { readonly fault: string };

function parseJson(text: string): Parsed {
  if (text.trim() === "") return { value: {} };
  try {
    const value: unknown = JSON.parse(text);
    // JSON's own parser takes the last of two keys without a word.
    const duplicate = isNestedTooDeeply(text) || hasTooManyMarks(text) ? undefined : duplicateKeyOffset(yamlDocument(text, "json"));
    return duplicate === undefined ? { value } : { fault: `a key is there twice at ${place(text, duplicate)}` };
  } catch (error) {
    // The engine's message quotes the text; only the position is taken from it. It has none for the most frequent mistakes: the YAML parser knows more.
    const position = / at position (\d+)/.exec((error as Error).message)?.[1] ?? jsonFaultOffset(text);
    return { fault: position === undefined ? "it is no JSON" : `no JSON at ${place(text, Number(position))}` };
  }
}

function jsonFaultOffset(text: string): number | undefined {
  if (isNestedTooDeeply(text) || hasTooManyMarks(text)) return undefined;
  const { errors, warnings } = yamlDocument(text, "json");
  return (errors[0] ?? warnings[0])?.pos[0];
}

function parseYaml(text: string): Parsed {
  if (isNestedTooDeeply(text)) return { fault: `it is nested deeper than ${mostDepth} levels` };
  if (hasTooManyMarks(text)) return { fault: `it holds more than ${mostMarks} lines, commas, anchors and escapes` };
  try {
    const document = yamlDocument(text, "core");
    const fault = document.errors[0] ?? document.warnings[0];
    if (fault !== undefined) return { fault: `no YAML at ${place(text, fault.pos[0])} (${fault.code})` };
    const duplicate = duplicateKeyOffset(document);
    if (duplicate !== undefined) return { fault: `a key is there twice at ${place(text, duplicate)}` };
    return { value: (document.toJS({ maxAliasCount: 100 }) as unknown) ?? {} };
  } catch {
    return { fault: "it cannot be read as YAML" };
  }
}

function yamlDocument(text: string, schema: "core" | "json"): Document.Parsed {
  // The parser makes an error for each of thousands of mistakes, and most of the time goes into their stacks, which nobody sees.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    // The parser's own search for duplicate keys takes quadratic time.
    return parseDocument(text, { schema, uniqueKeys: false, prettyErrors: false, logLevel: "error" });
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function duplicateKeyOffset(document: Document.Parsed): number | undefined {
  let offset: number | undefined;
  visit(document, {
    Map(_key, map) {
      const names = new Set<string>();
      for (const { key } of map.items) {
        const name = isScalar(key) ? String(key.value) : undefined;
        if (name === undefined) continue;
        if (names.has(name)) offset ??= (isScalar(key) ? key.range?.[0] : undefined) ?? 0;
        names.add(name);
      }
    },
  });
  return offset;
}

/** Where in the text an offset is, for people. */
function place(text: string, offset: number): string {
  const lines = text.slice(0, offset).split("\n");
  return `line ${lines.length}, column ${(lines.at(-1) as string).length + 1}`;
}

function hasTooManyMarks(text: string): boolean {
  let marks = 0;
  for (const character of text) if (",\n&\\".includes(character)) marks++;
  return marks > mostMarks;
}

/** A quick look at brackets and at the longest row of "- " and "? ": the parser recurses, and takes long to find out that it cannot. */
function isNestedTooDeeply(text: string): boolean {
  let brackets = 0;
  let dashes = 0;
  for (const character of text) {
    if (character === "[" || character === "{") brackets++;
    else if (character === "]" || character === "}") brackets--;
    if (character === "-" || character === "?" || character === ":") dashes++;
    else if (character !== " ") dashes = 0;
    if (brackets > mostDepth || dashes > 2 * mostDepth) return true;
  }
  return false;
}
