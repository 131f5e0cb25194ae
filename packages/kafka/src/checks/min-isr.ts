import { type Check, collectFindings, type Finding } from "@millrace/core";
import { topicConfigs } from "@millrace/topics";
import { configNumber } from "./config-number.ts";
import { type KafkaCheckContext, withoutCluster, withoutTopics } from "./kafka-check-context.ts";

const problem = "min-isr-above-replication";

/** Whether topics can be written where all replicas are waited for: not if more must be in sync than there are. */
export const minIsr: Check<KafkaCheckContext> = {
  finds: [problem],
  blockedBy: (context) => withoutTopics(context) ?? withoutCluster(context),
  run: async ({ topics, cluster, producer }) =>
    await collectFindings(topics, async ({ name }) => {
      const configs = await cluster?.topicConfigs(name);
      const partitions = (await cluster?.topic(name))?.partitions ?? [];
      const replicas = Math.min(...partitions.map((partition) => partition.replicas.length));
      return compared(name, configNumber(configs?.["min.insync.replicas"]), replicas, producer);
    }),
};

/** The same of what is declared. */
export const declaredMinIsr: Check<KafkaCheckContext> = {
  finds: [problem],
  blockedBy: withoutTopics,
  run: ({ topics, producer }) =>
    topics.flatMap((topic) =>
      compared(topic.name, configNumber(topicConfigs(topic)["min.insync.replicas"]), topic.replicationFactor, producer),
    ),
};

function compared(
  name: string,
  inSync: number | undefined,
  replicas: number | undefined,
  producer: KafkaCheckContext["producer"],
): readonly Finding[] {
  if (inSync === undefined || replicas === undefined || inSync <= replicas) return [];
  const { acks = "all" } = producer ?? {};
  return [
    {
      problem,
      severity: acks === "all" ? "error" : "warning",
      subject: `topic ${name}`,
      message: `Topic "${name}" wants ${inSync} replicas in sync (min.insync.replicas) and has ${replicas}: with acks "all" nothing can be written.`,
      evidence: { minInSyncReplicas: inSync, replicas, acks },
      fix: `Set min.insync.replicas of the topic to ${Math.max(1, replicas - 1)}, or give it more replicas.`,
    },
  ];
}
