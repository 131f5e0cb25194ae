import { errorCodes, type MessageInput, type RequestTypes } from "@millrace/protocol";
import { batchOf, fetchFrom, offsetAt, produceTo } from "../request-bodies.ts";
import type { StagedTopic } from "../scenario.ts";
import type { NodesScenario } from "./nodes-scenario.ts";

function epochsOf(topic: StagedTopic, leaderEpoch: number, currentLeaderEpoch = -1): MessageInput<RequestTypes["OffsetForLeaderEpoch"]> {
  return { replicaId: -1, topics: [{ topic: topic.name, partitions: [{ partition: 0, currentLeaderEpoch, leaderEpoch }] }] };
}

const fetchVersions = Array.from({ length: 15 }, (_, index) => index + 4);

export const nodesLeaderScenarios: readonly NodesScenario[] = [
  {
    name: "a broker that does not lead refuses what only a leader answers, and names the leader in new versions",
    shows: ["NOT_LEADER_OR_FOLLOWER", '"leaderId":1', "broker 1's"],
    async run(stage) {
      // Broker 2 follows in the first topic and has nothing of the second.
      const followed = await stage.topicOn("followed", [[1, 2, 3]]);
      const absent = await stage.topicOn("absent", [[1]]);
      for (const topic of [followed, absent]) {
        await stage.askNode(1, "write", "Produce", 9, produceTo(topic, [{ records: batchOf(stage.baseTime, ["a"]) }], { version: 9 }));
        for (let version = 3; version <= 13; version++) {
          const body = produceTo(topic, [{ records: batchOf(stage.baseTime, ["b"]) }], { version });
          await stage.askNode(2, "write", "Produce", version, body);
        }
        for (let version = 1; version <= 11; version++) await stage.askNode(2, "end", "ListOffsets", version, offsetAt(topic, -1));
        for (let version = 2; version <= 4; version++)
          await stage.askNode(2, "epochs", "OffsetForLeaderEpoch", version, epochsOf(topic, 0));
        for (let version = 0; version <= 2; version++) {
          const topics = [{ name: topic.name, partitions: [{ partitionIndex: 0, offset: 1 }] }];
          await stage.askNode(2, "deletion", "DeleteRecords", version, { timeoutMs: 5_000, topics });
        }
        await stage.askNode(2, "producers", "DescribeProducers", 0, { topics: [{ name: topic.name, partitionIndexes: [0, 1] }] });
      }
      for (const version of fetchVersions) {
        await stage.askNode(
          2,
          "read of what is elsewhere",
          "Fetch",
          version,
          fetchFrom(absent, [{ fetchOffset: 0 }], { version, sessionEpoch: -1 }),
        );
      }
      for (const version of fetchVersions.filter((each) => each < 11))
        await stage.askNode(2, "read", "Fetch", version, fetchFrom(followed, [{ fetchOffset: 0 }], { version }));
    },
  },
  {
    name: "a follower answers consumers from version 11 on, with what it has",
    shows: ["OFFSET_OUT_OF_RANGE", '"highWatermark":2', "UNKNOWN_LEADER_EPOCH"],
    async run(stage) {
      const topic = await stage.topicOn("read", [[1, 2, 3]]);
      const body = produceTo(topic, [{ records: batchOf(stage.baseTime, ["a", "b"]) }], { version: 9 });
      await stage.askNode(1, "write", "Produce", 9, body);
      const read = (fetchOffset: number, version: number, currentLeaderEpoch?: number) =>
        fetchFrom(topic, [{ fetchOffset, ...(currentLeaderEpoch !== undefined && { currentLeaderEpoch }) }], { version, sessionEpoch: -1 });
      await stage.untilReplicated(topic, 2, 2);
      for (const version of fetchVersions.filter((each) => each >= 11)) {
        await stage.askNode(2, "read", "Fetch", version, read(0, version));
        await stage.askNode(2, "read at the end", "Fetch", version, read(2, version));
        await stage.askNode(2, "read beyond the end", "Fetch", version, read(3, version));
        await stage.askNode(2, "read with the epoch", "Fetch", version, read(0, version, 0));
        await stage.askNode(2, "read with a later epoch", "Fetch", version, read(0, version, 7));
      }
    },
  },
  {
    name: "a partition moves to other brokers, with an epoch when one leaves it and another leader when that one led",
    shows: ["INVALID_REPLICATION_FACTOR", '"leaderId":3', '"leaderEpoch":1'],
    async run(stage) {
      const topic = await stage.topicOn("moving", [
        [1, 2],
        [2, 3],
      ]);
      const ask = (
        version: number,
        replicas: number[] | null,
        partitionIndex: number,
        more: { allowReplicationFactorChange?: boolean } = {},
      ) =>
        stage.askNode(1, `to ${replicas === null ? "where it was" : replicas.join(" and ")}`, "AlterPartitionReassignments", version, {
          timeoutMs: 10_000,
          ...more,
          topics: [{ name: topic.name, partitions: [{ partitionIndex, replicas }] }],
        });
      const move = async (replicas: number[], partitionIndex = 0): Promise<void> => {
        await ask(0, replicas, partitionIndex);
        const list = { timeoutMs: 5_000, topics: [{ name: topic.name, partitionIndexes: [0, 1, 7] }] };
        const isOver = ({ topics }: { readonly topics: readonly unknown[] }): boolean => topics.length === 0;
        await stage.until("the move is over", () => stage.main.call("ListPartitionReassignments", 0, list), isOver);
        for (const nodeId of [1, 2, 3]) {
          await stage.until(
            `broker ${nodeId} knows it`,
            async () => (await stage.node(nodeId)).call("Metadata", 12, { topics: [{ name: topic.name }], allowAutoTopicCreation: false }),
            ({ topics }) => {
              const { replicaNodes, isrNodes } = topics[0]!.partitions.find((one) => one.partitionIndex === partitionIndex)!;
              // Kafka takes followers out for a moment when the leader moves.
              return replicaNodes.join() === replicas.join() && isrNodes.length === replicas.length;
            },
          );
        }
        await stage.recordPartitions(`at ${replicas.join(" and ")}`, topic);
      };
      await move([2, 1]);
      await move([3, 2]);
      await move([1, 2, 3]);
      await move([3, 2]);
      await move([3, 1], 1);
      for (const version of [0, 1]) await ask(version, null, 0);
      await ask(1, [1, 2], 0, { allowReplicationFactorChange: false });
      await ask(1, [2, 3, 1], 0, { allowReplicationFactorChange: false });
      await stage.recordPartitions("in the end", topic);
    },
  },
  {
    name: "a moved leader begins an epoch, and clients with another one hear of it",
    shows: ["FENCED_LEADER_EPOCH", "UNKNOWN_LEADER_EPOCH", '"partitionLeaderEpoch":1', '"leaderEpoch":2'],
    async run(stage) {
      const topic = await stage.topicOn("moved", [[1, 2, 3]]);
      const write = (nodeId: number, value: string, version = 9) =>
        stage.askNode(
          nodeId,
          `write ${value}`,
          "Produce",
          version,
          produceTo(topic, [{ records: batchOf(stage.baseTime, [value]) }], { version }),
        );
      await write(1, "a");
      await stage.moveLeader(topic, 0, 2);
      await stage.recordPartitions("moved once", topic);
      for (const version of [9, 10, 13]) await write(1, "lost", version);
      await write(2, "b");
      await stage.moveLeader(topic, 0, 3);
      await write(3, "c");
      await write(3, "d");
      await stage.recordPartitions("moved twice", topic);
      await stage.untilReplicated(topic, 1, 4);
      for (const nodeId of [1, 3]) {
        for (const currentLeaderEpoch of [-1, 0, 1, 2, 3]) {
          for (const version of [9, 12, 16, 17]) {
            if (nodeId === 1 && version > 10 && currentLeaderEpoch === -1) continue;
            const body = fetchFrom(topic, [{ fetchOffset: 4, currentLeaderEpoch }], { version, sessionEpoch: -1 });
            await stage.askNode(nodeId, `read with epoch ${currentLeaderEpoch}`, "Fetch", version, body);
          }
          await stage.askNode(
            nodeId,
            `end with epoch ${currentLeaderEpoch}`,
            "ListOffsets",
            7,
            offsetAt(topic, -1, { currentLeaderEpoch }),
          );
          await stage.askNode(
            nodeId,
            `epochs with epoch ${currentLeaderEpoch}`,
            "OffsetForLeaderEpoch",
            4,
            epochsOf(topic, 1, currentLeaderEpoch),
          );
        }
      }
      for (const epoch of [-1, 0, 1, 2, 3, 9])
        await stage.askNode(3, `end of epoch ${epoch}`, "OffsetForLeaderEpoch", 4, epochsOf(topic, epoch));
      for (const lastFetchedEpoch of [0, 1, 2]) {
        for (const fetchOffset of [0, 1, 2, 3]) {
          const body = fetchFrom(topic, [{ fetchOffset, lastFetchedEpoch, currentLeaderEpoch: 2 }], { version: 12, sessionEpoch: -1 });
          await stage.askNode(3, `read at ${fetchOffset} after epoch ${lastFetchedEpoch}`, "Fetch", 12, body);
        }
      }
      for (const timestamp of [-2, -1, -3, stage.baseTime]) {
        await stage.askNode(3, "offset by time", "ListOffsets", 7, offsetAt(topic, timestamp));
      }
    },
  },
  {
    name: "a fetch that waits at a leader hears that it leads no more",
    shows: ["NOT_LEADER_OR_FOLLOWER", "FENCED_LEADER_EPOCH"],
    async run(stage) {
      for (const [version, currentLeaderEpoch] of [
        [10, -1],
        [10, 0],
        [12, 0],
        [17, 0],
      ] as const) {
        const topic = await stage.topicOn(`waited-${version}-${currentLeaderEpoch}`, [[1, 2, 3]]);
        const connection = await stage.connect();
        const body = fetchFrom(topic, [{ fetchOffset: 0, currentLeaderEpoch }], { version, maxWaitMs: 14_000, sessionEpoch: -1 });
        const answer = connection.call("Fetch", version, body);
        await stage.settle();
        await stage.moveLeader(topic, 0, 2);
        stage.record(`waited with epoch ${currentLeaderEpoch} (Fetch v${version})`, await answer);
      }
    },
  },
  {
    name: "an idempotent producer goes on at the next leader",
    shows: ["OUT_OF_ORDER_SEQUENCE_NUMBER", '"baseOffset":2'],
    async run(stage) {
      const topic = await stage.topicOn("idempotent", [[1, 2, 3]]);
      const ids = new Set<number>();
      for (const nodeId of [1, 2, 3]) {
        const connection = await stage.node(nodeId);
        const { producerId, producerEpoch, errorCode } = await stage.until(
          `a producer of broker ${nodeId}`,
          () =>
            connection.call("InitProducerId", 4, {
              transactionalId: null,
              transactionTimeoutMs: 60_000,
              producerId: -1,
              producerEpoch: -1,
            }),
          // A broker that has just started asks the controller for ids first.
          (answer) => answer.errorCode !== errorCodes.COORDINATOR_LOAD_IN_PROGRESS,
        );
        stage.record(`producer of broker ${nodeId}`, { errorCode, producerEpoch, isNew: !ids.has(producerId) });
        ids.add(producerId);
      }
      const producerId = Math.min(...ids);
      const write = (nodeId: number, baseSequence: number, values: readonly string[]) => {
        const records = batchOf(stage.baseTime, values, { producerId, producerEpoch: 0, baseSequence });
        return stage.askNode(
          nodeId,
          `write ${values.join(" ")} as ${baseSequence}`,
          "Produce",
          9,
          produceTo(topic, [{ records }], { version: 9 }),
        );
      };
      await write(1, 0, ["a", "b"]);
      await stage.moveLeader(topic, 0, 2);
      await write(1, 2, ["c"]);
      await write(2, 0, ["a", "b"]);
      await write(2, 3, ["d"]);
      await write(2, 2, ["c"]);
      await stage.moveLeader(topic, 0, 3);
      await write(3, 2, ["c"]);
      await write(3, 3, ["d"]);
      await stage.askNode(3, "all", "Fetch", 11, fetchFrom(topic, [{ fetchOffset: 0 }], { version: 11, sessionEpoch: -1 }));
    },
  },
];
