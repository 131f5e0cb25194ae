import type { ApiName, MessageInput, RequestTypes, ResponseTypes } from "@millrace/protocol";
import type { Connection } from "../connection.ts";
import type { Scenario, Stage, StagedTopic } from "../scenario.ts";

/** One script, played to a cluster of three. */
export interface NodesScenario extends Omit<Scenario, "run"> {
  run(stage: NodesStage): Promise<void>;
}

type DescribedPartition = ResponseTypes["Metadata"]["topics"][number]["partitions"][number];

/** A cluster of three brokers as a scenario sees it: `main` is a connection to the first. */
export interface NodesStage extends Stage {
  /** A connection to a broker that runs; the same one each time. */
  node(nodeId: number): Promise<Connection>;
  /** Asks one broker and records its answer. */
  askNode<Api extends ApiName>(
    nodeId: number,
    label: string,
    api: Api,
    version: number,
    body: MessageInput<RequestTypes[Api]>,
  ): Promise<ResponseTypes[Api]>;
  /** Makes a topic with these replicas of each partition, the leader first, and waits until every broker knows it. */
  topicOn(suffix: string, replicas: readonly (readonly number[])[], configs?: Readonly<Record<string, string>>): Promise<StagedTopic>;
  /** The name of a group that this broker coordinates, now that its coordinator answers. */
  groupAt(nodeId: number, suffix: string): Promise<string>;
  /** A transactional id that this broker coordinates. */
  transactionalIdAt(nodeId: number, suffix: string): Promise<string>;
  /** Makes a replica the leader, and waits until every broker says so. */
  moveLeader(topic: StagedTopic, partition: number, nodeId: number): Promise<void>;
  /** Waits until a follower of the topic's partition 0 knows that all up to `offset` is committed. */
  untilReplicated(topic: StagedTopic, nodeId: number, offset: number): Promise<void>;
  /** Stops a broker and waits until the others miss it and have other leaders, where there can be some. */
  stop(nodeId: number): Promise<void>;
  /** Starts a broker and waits until every broker knows it and the topics are as `wanted`: led, with all replicas that run in sync. */
  start(nodeId: number, wanted?: (partition: DescribedPartition) => boolean): Promise<void>;
  /** A partition as every running broker describes it. */
  partition(topic: StagedTopic, index?: number): Promise<DescribedPartition>;
  /** Records what a running broker says of a topic's partitions, with the replicas in order of their ids. */
  recordPartitions(label: string, topic: StagedTopic): Promise<void>;
}
