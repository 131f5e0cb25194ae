/** Code in documentation: what stands between fences that say `ts`. */
export interface DocBlock {
  /** Path of the Markdown or TypeScript file from the root. */
  readonly source: string;
  /** Line of its first line of code, from 1. */
  readonly line: number;
  readonly code: string;
  /** Declarations that readers do not see, from an HTML comment that begins with `ts` and ends right before the block. */
  readonly setting: { readonly line: number; readonly code: string } | undefined;
  /** What it prints, where a `text` block right after it says so. */
  readonly output: string | undefined;
}

/** The `ts` blocks of a Markdown text. */
export function markdownBlocks(source: string, text: string): DocBlock[] {
  return [...text.matchAll(/(?:^<!-- ts\n([\s\S]*?)^-->\n+)?^```ts\n([\s\S]*?)^```$(?:\n\s*^```text\n([\s\S]*?)^```$)?/gm)].map((match) => {
    const [all, setting, code = "", output] = match;
    const line = lineAt(text, match.index);
    const fence = all.indexOf("```ts\n");
    return {
      source,
      line: line + newlines(all.slice(0, fence)) + 1,
      code,
      setting: setting === undefined ? undefined : { line: line + 1, code: setting },
      output,
    };
  });
}

/** The `ts` blocks in the TSDoc comments of a TypeScript text. */
export function commentBlocks(source: string, text: string): DocBlock[] {
  return [...text.matchAll(/^[ \t]*\/\*\*[\s\S]*?\*\//gm)].flatMap((comment) => {
    const before = newlines(text.slice(0, comment.index));
    const content = comment[0].replace(/^[ \t]*\*(?!\/) ?/gm, "");
    return markdownBlocks(source, content).map((block) => ({ ...block, line: block.line + before }));
  });
}

function newlines(text: string): number {
  return text.split("\n").length - 1;
}

function lineAt(text: string, index: number): number {
  return newlines(text.slice(0, index)) + 1;
}
