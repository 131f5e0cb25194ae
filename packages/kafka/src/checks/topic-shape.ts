import { type Check, collectFindings, type Finding } from "@millrace/core";
import type { AnyTopic } from "@millrace/topics";
import type { TopicDescription } from "../driver/admin-topics.ts";
import { KafkaError } from "../kafka-error.ts";
import { type KafkaCheckContext, withoutCluster, withoutTopics } from "./kafka-check-context.ts";

/** Whether the declared topics are there, with their partitions and replicas. */
export const topicShape: Check<KafkaCheckContext> = {
  finds: ["topic-missing", "topic-access-denied", "partition-count-differs", "replication-below-declared"],
  blockedBy: (context) => withoutTopics(context) ?? withoutCluster(context),
  run: async ({ topics, cluster }) =>
    await collectFindings(topics, async (declared) => {
      try {
        const found = (await cluster?.topic(declared.name)) ?? null;
        return found === null ? [missing(declared)] : [...partitionCount(declared, found), ...replication(declared, found)];
      } catch (error) {
        if (KafkaError.is(error) && error.kafkaError === "TOPIC_AUTHORIZATION_FAILED") return [denied(declared)];
        throw error;
      }
    }),
};

function missing({ name, partitions, replicationFactor }: AnyTopic): Finding {
  return {
    problem: "topic-missing",
    severity: "error",
    subject: `topic ${name}`,
    message: `Topic "${name}" is declared, and the cluster has no topic of that name.`,
    evidence: { declaredPartitions: partitions ?? null, declaredReplicationFactor: replicationFactor ?? null },
    fix: "Create it with admin.ensureTopics(topics), or correct the name of its declaration.",
  };
}

function denied({ name }: AnyTopic): Finding {
  return {
    problem: "topic-access-denied",
    severity: "error",
    subject: `topic ${name}`,
    message: `Topic "${name}" is declared, and this login may not even see it, whether it exists or not.`,
    evidence: { kafkaError: "TOPIC_AUTHORIZATION_FAILED" },
    fix: "Allow this login READ or WRITE of the topic, whichever it needs (each brings DESCRIBE), or use the login that may.",
  };
}

function* partitionCount({ name, partitions }: AnyTopic, { partitionCount: found }: TopicDescription): Iterable<Finding> {
  if (partitions === undefined || partitions === found) return;
  yield {
    problem: "partition-count-differs",
    severity: "warning",
    subject: `topic ${name}`,
    message: `Topic "${name}" has ${found} partitions, ${partitions} are declared.`,
    evidence: { found, declared: partitions },
    fix:
      found < partitions
        ? 'Add partitions with admin.ensureTopics(topics, { mode: "alter" }), which sends many keys to another partition than before, or declare what there is.'
        : `Declare ${found} partitions: partitions are never taken away.`,
  };
}

function* replication({ name, replicationFactor: declared }: AnyTopic, { partitions }: TopicDescription): Iterable<Finding> {
  const found = Math.min(...partitions.map(({ replicas }) => replicas.length));
  if (declared === undefined || found >= declared) return;
  yield {
    problem: "replication-below-declared",
    severity: "warning",
    subject: `topic ${name}`,
    message: `Topic "${name}" has ${found} ${found === 1 ? "replica" : "replicas"} of a partition, ${declared} are declared.`,
    evidence: { found, declared },
    fix: "Move its partitions to more brokers (kafka-reassign-partitions), or declare what there is where that is enough, as in development.",
  };
}
