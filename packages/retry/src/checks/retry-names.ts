import type { Check, Finding } from "@millrace/core";
import { withoutGroups, withoutTopics } from "@millrace/kafka/checks";
import { RetryError } from "../retry-error.ts";
import { auditTopicName, deadLetterTopicName, isDeadLetterTopic, retryTopicName } from "../topic-names.ts";
import { type RetryCheckContext, withoutRetry } from "./retry-check-context.ts";

/** The topics around one source topic, by name; or why one of them cannot be called so. */
export type RetryNames =
  | { readonly source: string; readonly deadLetters: string; readonly retries: readonly string[] }
  | { readonly source: string; readonly problem: string };

/** What the topics of a retry topology would be called, for every declared topic that is itself none of dead letters. */
export function retryNames({ topics, groups, retry }: RetryCheckContext): readonly RetryNames[] {
  const sources = topics.map(({ name }) => name).filter((name) => !isDeadLetterTopic(name));
  return sources.map((source) => {
    try {
      const deadLetters = deadLetterTopicName(source, retry?.naming);
      auditTopicName(deadLetters);
      return { source, deadLetters, retries: groups.map((group) => retryTopicName(source, group)) };
    } catch (error) {
      if (!RetryError.is(error)) throw error;
      return { source, problem: error.message };
    }
  });
}
