import type { Check } from "@millrace/core";
import { withoutTopics } from "@millrace/kafka/checks";
import { RetryError } from "../retry-error.ts";
import { auditTopicName, deadLetterTopicName, isDeadLetterTopic, retryTierTopicName, retryTopicName } from "../topic-names.ts";
import { type RetryCheckContext, withoutRetry } from "./retry-check-context.ts";

/** The topics around one source topic, as they are called. */
export interface RetryNames {
  readonly source: string;
  readonly deadLetters: string;
  readonly audit: string;
  /** One for each group. */
  readonly retries: readonly string[];
  /** One for each group and wait. */
  readonly tiers: readonly { readonly name: string; readonly delayMs: number }[];
}

/** Whether the topics that retries need can have their names; needs no cluster. */
export const legalRetryNames: Check<RetryCheckContext> = {
  finds: ["retry-name-illegal"],
  blockedBy: (context) => withoutTopics(context) ?? withoutRetry(context),
  run: (context) =>
    namesOf(context).illegal.map(({ source, message }) => ({
      problem: "retry-name-illegal",
      severity: "error",
      subject: `topic ${source}`,
      message: `Topic "${source}" can have no dead letters: ${message}.`,
      evidence: { topic: source, groups: context.groups },
      fix: "Take a shorter name for the topic or the group.",
    })),
};

/** What the topics around the declared ones are called; sources for which that is impossible are left out. */
export function retryNames(context: RetryCheckContext): readonly RetryNames[] {
  return namesOf(context).legal;
}

function namesOf({ topics, groups, retry }: RetryCheckContext) {
  const legal: RetryNames[] = [];
  const illegal: { readonly source: string; readonly message: string }[] = [];
  for (const source of new Set(topics.map(({ name }) => name))) {
    if (isDeadLetterTopic(source)) continue;
    try {
      const deadLetters = deadLetterTopicName(source, retry?.naming);
      const retries = groups.map((group) => retryTopicName(source, group));
      const tiers = groups.flatMap((group) =>
        (retry?.tiers ?? []).map((delayMs, index) => ({ name: retryTierTopicName(source, group, index + 1), delayMs })),
      );
      legal.push({ source, deadLetters, audit: auditTopicName(deadLetters), retries, tiers });
    } catch (error) {
      if (!RetryError.is(error)) throw error;
      illegal.push({ source, message: error.message });
    }
  }
  // What is declared may hold these topics too, which have none of their own.
  const derived = new Set(legal.flatMap(({ audit, retries, tiers }) => [audit, ...retries, ...tiers.map(({ name }) => name)]));
  return { legal: legal.filter(({ source }) => !derived.has(source)), illegal: illegal.filter(({ source }) => !derived.has(source)) };
}
