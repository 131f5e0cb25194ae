import { type ApiRegistration, serve } from "./api-registration.ts";
import type { Reassignment } from "./reassignments.ts";

/** Which partitions are on their way to other nodes. */
export const listPartitionReassignments: ApiRegistration = serve("ListPartitionReassignments", {
  handle({ body }, { reassignments, topics }) {
    const isAsked = ({ partition: { topicName, index } }: Reassignment): boolean =>
      body.topics === null || body.topics.some(({ name, partitionIndexes }) => name === topicName && partitionIndexes.includes(index));
    const byTopic = Map.groupBy(
      reassignments
        .all()
        .filter((move) => isAsked(move) && topics.partition(move.partition.topicName, move.partition.index) === move.partition),
      ({ partition }) => partition.topicName,
    );
    return {
      errorMessage: null,
      topics: Array.from(byTopic, ([name, moves]) => ({
        name,
        partitions: moves.map(({ partition, addingReplicas, removingReplicas }) => ({
          partitionIndex: partition.index,
          replicas: [...partition.replicas],
          addingReplicas: [...addingReplicas],
          removingReplicas: [...removingReplicas],
        })),
      })),
    };
  },
});
