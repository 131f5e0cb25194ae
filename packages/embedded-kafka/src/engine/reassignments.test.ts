import { errorCodes } from "@millrace/protocol";
import { createVirtualClock } from "@millrace/testing";
import { expect, test } from "vitest";
import { engineClient } from "../../test/support/engine-client.ts";
import { createBrokerEngine } from "./broker-engine.ts";

function setUp() {
  const clock = createVirtualClock();
  const nodes = [1, 2, 3].map((id) => ({ id, host: "127.0.0.1", port: id }));
  const topics = [{ name: "t", partitions: 2, replicationFactor: 1 }];
  const engine = createBrokerEngine({ clock, nodes, topics });
  const call = engineClient(engine);
  const move = async (partitionIndex: number, replicas: number[] | null) => {
    const answer = await call("AlterPartitionReassignments", { topics: [{ name: "t", partitions: [{ partitionIndex, replicas }] }] });
    return answer!.responses[0]!.partitions[0]!.errorCode;
  };
  const moving = async () => (await call("ListPartitionReassignments", { topics: null }))!.topics.flatMap(({ partitions }) => partitions);
  const partition = async (index = 0) => {
    const answer = await call("Metadata", { topics: [{ name: "t" }] });
    const { replicaNodes, isrNodes, leaderId } = answer!.topics[0]!.partitions.find(({ partitionIndex }) => partitionIndex === index)!;
    return { replicaNodes, isrNodes, leaderId };
  };
  return { clock, engine, move, moving, partition };
}

test("a partition is on its way for a moment, with the brokers that come and those that go, and then it is there", async () => {
  const { clock, move, moving, partition } = setUp();
  expect(await move(0, [2, 3])).toBe(errorCodes.NONE);
  expect(await moving()).toEqual([{ partitionIndex: 0, replicas: [2, 3, 1], addingReplicas: [2, 3], removingReplicas: [1] }]);
  expect(await partition()).toEqual({ replicaNodes: [2, 3, 1], isrNodes: [1], leaderId: 1 });
  await clock.advance(500);
  expect(await moving()).toEqual([]);
  expect(await partition()).toEqual({ replicaNodes: [2, 3], isrNodes: [2, 3], leaderId: 2 });
});

test("a move waits for a broker that is stopped, and can be taken back", async () => {
  const { clock, engine, move, moving, partition } = setUp();
  engine.stopNode(3);
  await move(0, [1, 3]);
  await move(1, [3]);
  await clock.advance(10_000);
  expect(await moving()).toHaveLength(2);
  expect(await move(1, null)).toBe(errorCodes.NONE);
  expect(await move(1, null)).toBe(errorCodes.NO_REASSIGNMENT_IN_PROGRESS);
  engine.startNode(3);
  await clock.advance(500);
  expect(await moving()).toEqual([]);
  expect(await partition(0)).toEqual({ replicaNodes: [1, 3], isrNodes: [1, 3], leaderId: 1 });
  expect(await partition(1)).toEqual({ replicaNodes: [2], isrNodes: [2], leaderId: 2 });
});

test("of two moves the later one counts, a reset ends them all, and one without new brokers is over at once", async () => {
  const { clock, engine, move, moving, partition } = setUp();
  await move(0, [2]);
  await move(0, [3, 1]);
  await clock.advance(500);
  expect(await partition()).toEqual({ replicaNodes: [3, 1], isrNodes: [3, 1], leaderId: 1 });
  await move(0, [1]);
  expect(await moving()).toEqual([]);
  expect(await partition()).toEqual({ replicaNodes: [1], isrNodes: [1], leaderId: 1 });
  await move(0, [2]);
  engine.reset();
  expect(await moving()).toEqual([]);
});
