import { type CoordinatedKind, internalTopicConfigs, internalTopics } from "../topics/internal-topics.ts";
import type { Topic } from "../topics/topic.ts";
import type { BrokerState } from "./broker-state.ts";

/** Kafka's `offsets.topic.replication.factor` and `transaction.state.log.replication.factor`, where there are as many nodes. */
const internalReplicationFactor = 3;

/** The topic behind a kind of coordinator. As in Kafka it comes to be when the first coordinator is looked for. */
export function makeInternalTopic(kind: CoordinatedKind, { topics, coordinators, nodes }: BrokerState): Topic {
  const name = internalTopics[kind];
  const existing = topics.named(name);
  if (existing !== undefined) return existing;
  const { ids } = nodes;
  const replicationFactor = Math.min(internalReplicationFactor, ids.length);
  // The leader of each partition is the node that coordinates its slot by then.
  const replicas = coordinators.slots(kind).map((owner) => {
    const first = ids.indexOf(owner);
    return [...ids.slice(first), ...ids.slice(0, first)].slice(0, replicationFactor);
  });
  return topics.create({ name, partitions: replicas.length, configs: internalTopicConfigs(kind, replicationFactor), replicas });
}
