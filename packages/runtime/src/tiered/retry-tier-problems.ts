import type { ProcessOptions } from "../process-options.ts";

/** What is wrong with the tiers of a processor's options, beside what they need of the others. */
export function retryTierProblems(options: Omit<ProcessOptions<never>, "onTombstone">): readonly string[] {
  const { retryTiers, retryLater, exactlyOnce, deadLetter, order = "key" } = options;
  if (retryTiers === undefined) return [];
  const problems: string[] = [];
  const keptMs = deadLetter?.retentionMs ?? 30 * 86_400_000;
  const isWait = (delayMs: unknown): boolean => typeof delayMs === "number" && delayMs >= 1 && delayMs < keptMs;
  if (!Array.isArray(retryTiers) || retryTiers.length === 0 || !retryTiers.every(isWait))
    problems.push(
      `retryTiers must be a list of waits of at least 1 and below deadLetter.retentionMs (${keptMs}) milliseconds, not ${JSON.stringify(retryTiers)}`,
    );
  if (order !== "unordered")
    problems.push(`retryTiers need order: "unordered", since later records pass by those that wait; retryLater keeps the order`);
  if (retryLater !== undefined) problems.push("retryTiers and retryLater are two ways of the same; give one of them");
  if (exactlyOnce !== undefined && exactlyOnce !== false) problems.push("retryTiers have no part in exactly-once steps; retryLater has");
  if (deadLetter === undefined) problems.push("retryTiers need deadLetter: records go there when their rounds are used up");
  return problems;
}
