import { type ErrorName, errorCodes } from "@millrace/protocol";
import { noLeader, type Partition } from "../topics/partition.ts";
import { type ApiRegistration, serve } from "./api-registration.ts";
import type { BrokerState } from "./broker-state.ts";

type Problem = readonly [ErrorName, string];

const preferredElection = 0;
const uncleanElection = 1;
const notNeeded: Problem = ["ELECTION_NOT_NEEDED", "Leader election not needed for topic partition."];

/** Leads partitions back to their preferred leaders, or gives one to those that have none (KIP-460). */
export const electLeaders: ApiRegistration = serve("ElectLeaders", {
  handle({ version, body }, broker) {
    const type = version === 0 ? preferredElection : body.electionType;
    const isKnown = type === preferredElection || type === uncleanElection;
    const asked = body.topicPartitions;
    const moved: Partition[] = [];
    const elect = (topic: string, index: number): Problem | undefined => {
      if (!isKnown) return ["INVALID_REQUEST", `Unknown election type ${type}`];
      if (broker.topics.named(topic) === undefined) return ["UNKNOWN_TOPIC_OR_PARTITION", `No such topic as ${topic}`];
      const partition = broker.topics.partition(topic, index);
      if (partition === undefined) return ["UNKNOWN_TOPIC_OR_PARTITION", `No such partition as ${topic}-${index}`];
      const problem = type === preferredElection ? electPreferred(partition) : electAny(partition, broker);
      if (problem === undefined) moved.push(partition);
      return problem;
    };
    const answer = (topic: string, indexes: readonly number[], keeps: (problem: Problem | undefined) => boolean) => ({
      topic,
      partitionResult: indexes
        .map((partitionId) => ({ partitionId, problem: elect(topic, partitionId) }))
        .filter(({ problem }) => keeps(problem))
        .map(({ partitionId, problem }) => ({
          partitionId,
          errorCode: errorCodes[problem?.[0] ?? "NONE"],
          errorMessage: problem?.[1] ?? null,
        })),
    });
    const all = isKnown ? [...broker.topics.all()] : [];
    const replicaElectionResults =
      asked === null
        ? // Where all were asked for, those that already have the right leader are left out.
          all.map(({ name, partitions }) => answer(name, [...partitions.keys()], (problem) => problem !== notNeeded))
        : asked.map(({ topic, partitions }) => answer(topic, partitions, () => true));
    broker.parkedFetches.wake(moved);
    const refused = !isKnown && (asked === null || asked.length > 0);
    return { ...(version >= 1 && refused && { errorCode: errorCodes.INVALID_REQUEST }), replicaElectionResults };
  },
});

function electPreferred(partition: Partition): Problem | undefined {
  const preferred = partition.replicas[0]!;
  if (partition.leaderId === preferred) return notNeeded;
  if (!partition.inSyncReplicas.includes(preferred)) return ["PREFERRED_LEADER_NOT_AVAILABLE", "The preferred leader was not available."];
  partition.elect(preferred);
  return undefined;
}

/** Replicas share one log, so nothing is lost when one leads that was not in sync. */
function electAny(partition: Partition, { nodes }: BrokerState): Problem | undefined {
  if (partition.leaderId !== noLeader) return notNeeded;
  const running = partition.replicas.find((id) => nodes.isRunning(id));
  if (running === undefined) return ["ELIGIBLE_LEADERS_NOT_AVAILABLE", "Eligible topic partition leaders are not available."];
  partition.moveLeader(running);
  return undefined;
}
