import { type ErrorName, errorCodes, type RequestTypes } from "@millrace/protocol";
import { type ApiRegistration, serve } from "./api-registration.ts";
import type { BrokerState } from "./broker-state.ts";
import { brokersProblem } from "./replica-assignment.ts";

type AskedTopic = RequestTypes["CreatePartitions"]["topics"][number];
type Problem = readonly [ErrorName, string | null];

/** Makes topics larger. */
export const createPartitions: ApiRegistration = serve("CreatePartitions", {
  handle({ body }, broker) {
    const names = body.topics.map((topic) => topic.name);
    const once = body.topics.filter(({ name }, index) => names.indexOf(name) === index);
    return {
      results: once.map((asked) => {
        const repeated = names.indexOf(asked.name) !== names.lastIndexOf(asked.name);
        const problem: Problem | undefined = repeated ? ["INVALID_REQUEST", "Duplicate topic name."] : problemOf(asked, broker);
        if (problem !== undefined) return { name: asked.name, errorCode: errorCodes[problem[0]], errorMessage: problem[1] };
        const replicas = asked.assignments?.map(({ brokerIds }) => brokerIds) ?? [];
        if (!body.validateOnly) broker.topics.addPartitions(broker.topics.named(asked.name)!, asked.count, { replicas });
        return { name: asked.name };
      }),
    };
  },
});

function problemOf({ name, count, assignments }: AskedTopic, broker: BrokerState): Problem | undefined {
  const topic = broker.topics.named(name);
  if (topic === undefined) return ["UNKNOWN_TOPIC_OR_PARTITION", null];
  const existing = topic.partitions.length;
  if (count === existing) return ["INVALID_PARTITIONS", `Topic already has ${existing} partition(s).`];
  if (count < existing)
    return ["INVALID_PARTITIONS", `The topic ${name} currently has ${existing} partition(s); ${count} would not be an increase.`];
  if (broker.topics.partitionCount + count - existing > broker.settings.maxPartitions)
    return ["POLICY_VIOLATION", `the cluster would have more than ${broker.settings.maxPartitions} partitions`];
  if (assignments === null) return undefined;
  if (assignments.length !== count - existing)
    return ["INVALID_REPLICA_ASSIGNMENT", `${assignments.length} assignments were given for ${count - existing} new partitions`];
  const factor = topic.partitions[0]!.replicas.length;
  for (const { brokerIds } of assignments) {
    const problem = brokersProblem(brokerIds, broker.nodes);
    if (problem !== undefined) return ["INVALID_REPLICA_ASSIGNMENT", problem];
    if (brokerIds.length !== factor)
      return ["INVALID_REPLICA_ASSIGNMENT", `a partition would have ${brokerIds.length} replicas; those that there are have ${factor}`];
  }
  return undefined;
}
