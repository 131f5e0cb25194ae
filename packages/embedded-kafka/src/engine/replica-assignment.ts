import type { ErrorName } from "@millrace/protocol";
import type { NodeDirectory } from "./node-directory.ts";

/** Which brokers hold a partition, as a client wants it. */
interface AssignedPartition {
  readonly partitionIndex: number;
  readonly brokerIds: readonly number[];
}

/** What is wrong with an assignment made by hand, or `undefined`. */
export function assignmentProblem(
  assignments: readonly AssignedPartition[],
  nodes: NodeDirectory,
): readonly [ErrorName, string] | undefined {
  const indexes = assignments.map((assignment) => assignment.partitionIndex).sort((left, right) => left - right);
  if (indexes.some((index, position) => index !== position))
    return ["INVALID_REPLICA_ASSIGNMENT", "partitions must be assigned once each, from 0 without a gap"];
  for (const { partitionIndex, brokerIds } of assignments) {
    const problem = brokersProblem(brokerIds, nodes);
    if (problem !== undefined) return ["INVALID_REPLICA_ASSIGNMENT", `partition ${partitionIndex}: ${problem}`];
  }
  if (new Set(assignments.map(({ brokerIds }) => brokerIds.length)).size > 1)
    return ["INVALID_REPLICA_ASSIGNMENT", "all partitions must have the same number of replicas"];
  return undefined;
}

/** What is wrong with the brokers of one partition, or `undefined`. */
export function brokersProblem(brokerIds: readonly number[], nodes: NodeDirectory): string | undefined {
  if (brokerIds.length === 0) return "the list of brokers is empty";
  if (new Set(brokerIds).size !== brokerIds.length) return "a broker is listed twice";
  const unknown = brokerIds.find((id) => !nodes.has(id));
  return unknown === undefined ? undefined : `there is no broker ${unknown}`;
}

/** The brokers of each partition, in order of partitions. */
export function replicasOf(assignments: readonly AssignedPartition[]): (readonly number[])[] {
  const replicas: (readonly number[])[] = [];
  for (const { partitionIndex, brokerIds } of assignments) replicas[partitionIndex] = brokerIds;
  return replicas;
}
