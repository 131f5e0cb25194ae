import { posix } from "node:path";
import type { Rule } from "../model/finding.ts";

/** Every test file is run by exactly one runner: one that nobody runs proves nothing. */
export const testRunners: Rule = {
  name: "test-runners",
  find: ({ files, runners }) =>
    [...files.keys()]
      .filter((path) => /\.(test|spec)\.[cm]?[jt]sx?$/.test(path))
      .flatMap((path) => {
        const matched = runners.filter(({ include, exclude }) => matches(path, include) && !matches(path, exclude)).map(({ name }) => name);
        if (matched.length === 1) return [];
        if (matched.length > 1)
          return [{ where: path, problem: `is run by ${matched.join(" and ")}`, remedy: "let the runners' globs exclude each other" }];
        return [
          {
            where: path,
            problem: "is run by no runner",
            remedy: "place it in src/ or test/, named *.test.ts, or *.real.test.ts under test/",
          },
        ];
      }),
};

function matches(path: string, globs: readonly string[]): boolean {
  return globs.some((glob) => posix.matchesGlob(path, glob));
}
