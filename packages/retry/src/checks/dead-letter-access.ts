import { type Check, collectFindings, type Finding } from "@millrace/core";
import { KafkaError } from "@millrace/kafka";
import { withoutCluster, withoutTopics } from "@millrace/kafka/checks";
import { type RetryCheckContext, withoutRetry } from "./retry-check-context.ts";
import { retryNames } from "./retry-names.ts";

/** Whether this login may write the dead-letter topics, as far as brokers say (Kafka 2.3, KIP-430). One that does not exist is made by the runtime. */
export const deadLetterAccess: Check<RetryCheckContext> = {
  finds: ["dead-letter-not-writable"],
  blockedBy: (context) => withoutTopics(context) ?? withoutRetry(context) ?? withoutCluster(context),
  run: async (context) =>
    await collectFindings(retryNames(context), async ({ source, deadLetters }) => {
      const allowed = await operationsOn(deadLetters, context);
      if (allowed === "unsaid") throw new Error("the brokers do not say what may be done with a topic (Kafka 2.3)");
      return allowed.some((operation) => operation === "write" || operation === "all") ? [] : [notWritable(source, deadLetters, allowed)];
    }),
};

async function operationsOn(name: string, { cluster }: RetryCheckContext): Promise<readonly string[] | "unsaid"> {
  try {
    const topic = (await cluster?.topic(name)) ?? null;
    return topic === null ? ["all"] : (topic.authorizedOperations ?? "unsaid");
  } catch (error) {
    // Who may write may also describe.
    if (KafkaError.is(error) && error.kafkaError === "TOPIC_AUTHORIZATION_FAILED") return [];
    throw error;
  }
}

function notWritable(source: string, deadLetters: string, allowed: readonly string[]): Finding {
  return {
    problem: "dead-letter-not-writable",
    severity: "error",
    subject: `topic ${deadLetters}`,
    message: `This login may not write "${deadLetters}", the dead letters of "${source}": the first record that cannot be handled stops its partition.`,
    evidence: { source, allowed },
    fix: `Allow this login WRITE of topic "${deadLetters}" (kafka-acls).`,
  };
}
