import { posix } from "node:path";
import type { Workspace } from "../model/workspace.ts";
import { commentBlocks, type DocBlock, markdownBlocks } from "./doc-block.ts";

/** Where the code of the documentation is laid out, from the root. git ignores it. */
export const docCodeFolder = "reports/doc-code";

/** A block of documentation as a TypeScript file. */
export interface DocCodeFile {
  /** From the root. */
  readonly path: string;
  /** Its lines have the numbers that they have in the documentation. */
  readonly text: string;
  readonly block: DocBlock;
  /** Whether it can be run: the first program of a package's README, and any that says what it prints. */
  readonly isProgram: boolean;
}

/** Every `ts` block of READMEs, docs and TSDoc comments. Reports of APIs and changelogs are no documentation of ours. */
export function docCode(workspace: Workspace): DocCodeFile[] {
  const blocks = [...workspace.files].flatMap(([path, text]) => {
    if (/(^|\/)README\.md$/.test(path) || (path.startsWith("docs/") && path.endsWith(".md"))) return markdownBlocks(path, text);
    return /^packages\/[^/]+\/src\/.*\.ts$/.test(path) && !path.endsWith(".test.ts") ? commentBlocks(path, text) : [];
  });
  const seen = new Set<string>();
  return blocks.map((block) => {
    const isFirst = !seen.has(block.source);
    seen.add(block.source);
    return {
      path: posix.join(docCodeFolder, `${block.source}.${block.line}.ts`),
      text: textOf(block),
      block,
      isProgram: block.output !== undefined || (isFirst && /^packages\/[^/]+\/README\.md$/.test(block.source)),
    };
  });
}

/** Turns paths of laid out code into those of the documentation; line numbers are the same. */
export function pathsOfDocs(output: string): string {
  return output.replace(/\breports\/doc-code\/(\S+?)\.\d+\.ts\b/g, "$1");
}

function textOf({ line, code, setting }: DocBlock): string {
  const before =
    setting === undefined
      ? "\n".repeat(line - 1)
      : "\n".repeat(setting.line - 1) + setting.code + "\n".repeat(line - setting.line - setting.code.split("\n").length + 1);
  // Two blocks may declare the same names, so each is a module, whatever it imports.
  return `${before}${code}export {};\n`;
}
