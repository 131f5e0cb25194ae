import { type ErrorName, errorCodes, type RequestTypes } from "@millrace/protocol";
import { type ApiRegistration, serve } from "./api-registration.ts";
import type { BrokerState } from "./broker-state.ts";
import { brokersProblem } from "./replica-assignment.ts";

type AskedPartition = RequestTypes["AlterPartitionReassignments"]["topics"][number]["partitions"][number];
type Problem = readonly [ErrorName, string | null];

/** Moves partitions to other nodes, or takes such a move back. */
export const alterPartitionReassignments: ApiRegistration = serve("AlterPartitionReassignments", {
  handle({ body, version }, broker) {
    const { allowReplicationFactorChange } = body;
    return {
      // Kafka says it with other nothings.
      errorMessage: body.topics.length === 0 ? "" : null,
      ...(version >= 1 && { allowReplicationFactorChange }),
      responses: body.topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map((asked) => {
          const [error, errorMessage] = reassign(name, asked, allowReplicationFactorChange, broker);
          return { partitionIndex: asked.partitionIndex, errorCode: errorCodes[error], errorMessage };
        }),
      })),
    };
  },
});

function reassign(name: string, asked: AskedPartition, mayGrow: boolean, broker: BrokerState): Problem {
  const { partitionIndex, replicas } = asked;
  const { reassignments, nodes, topics } = broker;
  if (topics.named(name) === undefined) return ["UNKNOWN_TOPIC_OR_PARTITION", `there is no topic ${name}`];
  const partition = topics.partition(name, partitionIndex);
  if (partition === undefined) return ["UNKNOWN_TOPIC_OR_PARTITION", `there is no partition ${partitionIndex} of ${name}`];
  if (replicas === null) {
    return reassignments.cancel(partition) ? ["NONE", null] : ["NO_REASSIGNMENT_IN_PROGRESS", null];
  }
  const problem = brokersProblem(replicas, nodes);
  if (problem !== undefined) return ["INVALID_REPLICA_ASSIGNMENT", problem];
  const { replicas: present } = partition;
  const adding = reassignments.of(partition)?.addingReplicas.length ?? 0;
  if (!mayGrow && replicas.length !== present.length - adding)
    return ["INVALID_REPLICATION_FACTOR", `the partition would have ${replicas.length} replicas; it has ${present.length - adding}`];
  reassignments.begin(partition, replicas);
  return ["NONE", null];
}
