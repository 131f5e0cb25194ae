import { InvalidOptionsError } from "@millrace/core";
import type { RuleFinding } from "./config-section.ts";

/**
 * What a function that resolves options has against settings which are right one by one: as rules of a section, so that the rules stand once. Each of its
 * problems begins with the name of the option: `deliveryTimeoutMs (400) must be at least ...`.
 */
export function findingsOf(resolve: () => unknown): readonly RuleFinding[] {
  try {
    resolve();
    return [];
  } catch (error) {
    if (!InvalidOptionsError.is(error)) throw error;
    return error.problems.map((problem) => {
      const [path = ""] = /^[\w.]*/.exec(problem) ?? [];
      return { path, message: problem.slice(path.length).replace(/^[\s:]+/, "") };
    });
  }
}
