import { createContext, Script } from "node:vm";

/** How long all patterns of one comparison may take together. */
const mostMs = 1_000;
const search = new Script(
  "patterns.findIndex((pattern) => { try { return new RegExp(pattern, 'u').test(name); } catch { return false; } })",
);

/** Finds the first of some regular expressions that a name matches. */
export interface PatternMatcher {
  /**
   * The pattern, or undefined. One that JavaScript does not understand matches nothing.
   * @throws RangeError when matching takes too long, as patterns can be written to do
   */
  firstMatch(patterns: Iterable<string>, name: string): string | undefined;
}

/** Runs patterns of strangers where they can be stopped: there is no other way to stop a regular expression. */
export function createPatternMatcher(): PatternMatcher {
  let left = mostMs;
  let context: { patterns?: readonly string[]; name?: string } | undefined;
  return {
    firstMatch(patterns, name) {
      const startedAt = performance.now();
      const list = [...patterns];
      if (list.length === 0) return undefined;
      context ??= createContext({}) as { patterns?: readonly string[]; name?: string };
      Object.assign(context, { patterns: list, name });
      try {
        const index = search.runInContext(context, { timeout: Math.max(1, Math.ceil(left)) }) as number;
        return list[index];
      } catch (cause) {
        throw new RangeError("matching a pattern takes too long", { cause });
      } finally {
        left -= performance.now() - startedAt;
      }
    },
  };
}
