import { type Check, InvalidOptionsError } from "@millrace/core";
import { defineCatalogue } from "@millrace/topics";
import { type KafkaCheckContext, withoutTopics } from "./kafka-check-context.ts";

/** Whether the declared topics can live in one cluster, each declared once. */
export const topicNames: Check<KafkaCheckContext> = {
  finds: ["topic-names-collide"],
  blockedBy: withoutTopics,
  run({ topics }) {
    try {
      defineCatalogue(topics);
      return [];
    } catch (error) {
      if (!InvalidOptionsError.is(error)) throw error;
      return error.problems.map((sentence) => ({
        problem: "topic-names-collide",
        severity: "error",
        subject: "declared topics",
        message: `Declared topics cannot live together: ${sentence}.`,
        evidence: { declared: topics.length },
        fix: "Declare each topic once, under a name of its own.",
      }));
    }
  },
};
