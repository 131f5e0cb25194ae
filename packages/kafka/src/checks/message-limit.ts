import { type Check, collectFindings, type Finding } from "@millrace/core";
import { topicConfigs } from "@millrace/topics";
import { producerBounds } from "../producer/producer-bounds.ts";
import { configNumber } from "./config-number.ts";
import { type KafkaCheckContext, withoutCluster, withoutTopics } from "./kafka-check-context.ts";

const problem = "message-limit-below-producer";

/** Whether topics take every message that the producer lets pass. */
export const messageLimit: Check<KafkaCheckContext> = {
  finds: [problem],
  blockedBy: (context) => withoutProducer(context) ?? withoutCluster(context),
  run: async ({ topics, cluster, producer }) =>
    await collectFindings(topics, async ({ name }) => compared(name, (await cluster?.topicConfigs(name))?.["max.message.bytes"], producer)),
};

/** The same of what is declared. */
export const declaredMessageLimit: Check<KafkaCheckContext> = {
  finds: [problem],
  blockedBy: withoutProducer,
  run: ({ topics, producer }) => topics.flatMap((topic) => compared(topic.name, topicConfigs(topic)["max.message.bytes"], producer)),
};

function withoutProducer(context: KafkaCheckContext): string | undefined {
  return withoutTopics(context) ?? (context.producer === undefined ? "no settings of a producer were given" : undefined);
}

function compared(name: string, value: string | null | undefined, producer: KafkaCheckContext["producer"]): readonly Finding[] {
  const limit = configNumber(value);
  const { maxMessageBytes = producerBounds.maxMessageBytes.fallback } = producer ?? {};
  if (limit === undefined || limit >= maxMessageBytes) return [];
  return [
    {
      problem,
      severity: "warning",
      subject: `topic ${name}`,
      message: `Topic "${name}" takes ${limit} bytes (max.message.bytes), and the producer lets messages of up to ${maxMessageBytes} bytes pass.`,
      evidence: { topicLimit: limit, producerLimit: maxMessageBytes },
      fix: `Set the producer's maxMessageBytes to ${limit}, or the topic's max.message.bytes to ${maxMessageBytes}.`,
    },
  ];
}
