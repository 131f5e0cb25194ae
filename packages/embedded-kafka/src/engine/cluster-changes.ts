import { InvalidOptionsError } from "@millrace/core";
import type { Partition } from "../topics/partition.ts";
import type { BrokerState } from "./broker-state.ts";

/** Makes a running node the leader of a partition. @throws InvalidOptionsError (`INVALID_OPTIONS`) */
export function moveLeader(topic: string, index: number, nodeId: number, broker: BrokerState): void {
  const partition = broker.topics.partition(topic, index);
  const problems: string[] = [];
  if (partition === undefined) problems.push(`there is no partition ${index} of ${topic}`);
  if (!broker.nodes.has(nodeId)) problems.push(noNode(nodeId, broker));
  else if (!broker.nodes.isRunning(nodeId)) problems.push(`node ${nodeId} is stopped: start it before it can lead`);
  if (partition === undefined || problems.length > 0) throw new InvalidOptionsError("move of a leader", problems);
  partition.moveLeader(nodeId);
  broker.parkedFetches.wake([partition]);
}

/**
 * Stops a node: what it leads, coordinates and controls goes to others. False when it was stopped already.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) when there is no such node, or no other one is running
 */
export function stopNode(nodeId: number, broker: BrokerState): boolean {
  const { nodes, coordinators } = broker;
  if (!nodes.has(nodeId)) throw new InvalidOptionsError("stop of a node", [noNode(nodeId, broker)]);
  if (!nodes.isRunning(nodeId)) return false;
  if (nodes.running().length === 1)
    throw new InvalidOptionsError("stop of a node", [`node ${nodeId} is the last one that runs: close() ends the cluster`]);
  nodes.stopped(nodeId);
  coordinators.nodeStopped(nodeId);
  wakeChanged(broker, (partition) => partition.nodeStopped(nodeId));
  return true;
}

/** Starts a node that was stopped. False when it was running. @throws InvalidOptionsError (`INVALID_OPTIONS`) when there is no such node */
export function startNode(nodeId: number, broker: BrokerState): boolean {
  const { nodes } = broker;
  if (!nodes.has(nodeId)) throw new InvalidOptionsError("start of a node", [noNode(nodeId, broker)]);
  if (nodes.isRunning(nodeId)) return false;
  nodes.started(nodeId);
  wakeChanged(broker, (partition) => partition.nodeStarted(nodeId, (id) => nodes.isRunning(id)));
  broker.reassignments.nodeStarted();
  return true;
}

function wakeChanged({ topics, parkedFetches }: BrokerState, change: (partition: Partition) => boolean): void {
  const changed: Partition[] = [];
  for (const topic of topics.all()) changed.push(...topic.partitions.filter(change));
  parkedFetches.wake(changed);
}

function noNode(nodeId: number, { nodes }: BrokerState): string {
  return `there is no node ${nodeId}; the cluster has ${nodes.ids.join(", ")}`;
}
