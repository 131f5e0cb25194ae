/**
 * A pattern for topic names: `*` stands for any characters but dots (`orders.*` is `orders.placed`, not `orders.eu.placed`), `**` for any characters.
 * Whatever the pattern, matching takes at most (characters of the name) x (characters of the pattern) steps; regular expressions promise no such thing.
 */
export function matchesTopicPattern(name: string, pattern: string): boolean {
  const steps = pattern.split(/(\*{1,2})/).flatMap((part) => (part === "*" || part === "**" ? [part] : Array.from(part)));
  // Which beginnings of the pattern match what was read of the name so far.
  let matched = Array.from({ length: steps.length + 1 }, () => false);
  matched[0] = true;
  skipStars(steps, matched);
  for (const character of name) {
    const next = Array.from({ length: steps.length + 1 }, () => false);
    for (const [index, step] of steps.entries()) {
      if (matched[index] !== true) continue;
      if (step === "**" || (step === "*" && character !== ".")) next[index] = true;
      else if (step === character) next[index + 1] = true;
    }
    skipStars(steps, next);
    matched = next;
  }
  return matched[steps.length] === true;
}

/** A star may stand for nothing. */
function skipStars(steps: readonly string[], matched: boolean[]): void {
  for (const [index, step] of steps.entries()) if (matched[index] === true && (step === "*" || step === "**")) matched[index + 1] = true;
}
