import type { BrokerAddress } from "../connection.ts";

/** A cluster of three brokers, embedded or of Apache Kafka, and what can be done to it. */
export interface NodeGround {
  /** Where the brokers listen, the one with id 1 first. */
  readonly addresses: readonly BrokerAddress[];
  /** Makes a replica the leader. Other brokers may hear of it later. */
  moveLeader(topic: string, partition: number, nodeId: number): Promise<void>;
  /** Gives the coordinators back to the brokers that had them at first, where they can have them. */
  spreadCoordinators(): Promise<void>;
  /** Does nothing to a broker that is stopped. */
  stopNode(nodeId: number): Promise<void>;
  /** Does nothing to a broker that runs. */
  startNode(nodeId: number): Promise<void>;
}

/** Ids of the brokers. */
export const nodeIds: readonly number[] = [1, 2, 3];
