import { errorCodes } from "@millrace/protocol";
import { waitFor } from "@millrace/testing";
import { openConnection } from "../../differential/connection.ts";
import type { NodeGround } from "../../differential/nodes/node-ground.ts";
import type { OutageClient, OutagePlace } from "./outage-clients.ts";

/** What came of it. */
export interface OutageResult {
  readonly acknowledged: number;
  /** Sends that the client gave up, so that nobody was promised anything. */
  readonly refused: number;
  /** Values that were acknowledged and not read by the group. */
  readonly lost: readonly string[];
}

const partitions = [
  [1, 2, 3],
  [2, 3, 1],
  [3, 1, 2],
];
/** Of the broker that stops first. */
const coordinatorId = 3;
const valuesPerAct = 15;

/**
 * Lets a client write without a pause, and read in a group, while leaders move, the broker that coordinates the group stops and comes back, and another one
 * does. The topic has three replicas, of which two must be in sync.
 */
export async function playOutage(
  open: (place: OutagePlace) => Promise<OutageClient>,
  ground: NodeGround,
  name: string,
): Promise<OutageResult> {
  const { groupId, topic } = await prepare(ground, name);
  const client = await open({ brokers: ground.addresses.map(({ host, port }) => `${host}:${port}`), topic, groupId });
  const acknowledged: string[] = [];
  let refused = 0;
  const over = new AbortController();
  const write = async (): Promise<void> => {
    for (let next = 0; !over.signal.aborted; next++) {
      await client.send(`v${next}`).then(
        () => acknowledged.push(`v${next}`),
        () => refused++,
      );
    }
  };
  const writing = write();
  const some = async (what: string): Promise<void> => {
    const enough = acknowledged.length + valuesPerAct;
    await waitFor(() => acknowledged.length >= enough, { what: `${valuesPerAct} values to be acknowledged ${what}`, timeoutMs: 60_000 });
    const upTo = acknowledged.slice();
    await waitFor(() => upTo.every((value) => client.seen.has(value)), { what: `them to be read ${what}`, timeoutMs: 60_000 });
  };
  try {
    await some("at first");
    for (const index of partitions.keys()) await ground.moveLeader(topic, index, coordinatorId);
    await some("after the leaders moved");
    await ground.stopNode(coordinatorId);
    await some("after the coordinator stopped");
    await ground.startNode(coordinatorId);
    await untilInSync(ground, topic);
    await ground.stopNode(1);
    await some("after another broker stopped");
    await ground.startNode(1);
    await untilInSync(ground, topic);
    await some("in the end");
  } finally {
    over.abort();
    await writing;
    await waitFor(() => acknowledged.every((value) => client.seen.has(value)), { timeoutMs: 60_000 }).catch(() => {});
    await client.close();
    for (const nodeId of [1, coordinatorId]) await ground.startNode(nodeId);
    await drop(ground, topic);
  }
  return { acknowledged: acknowledged.length, refused, lost: acknowledged.filter((value) => !client.seen.has(value)) };
}

async function prepare(ground: NodeGround, name: string): Promise<{ readonly groupId: string; readonly topic: string }> {
  const topic = `outage-${name}`;
  const connection = await openConnection(ground.addresses[0]!);
  const made = await connection.call("CreateTopics", 7, {
    timeoutMs: 20_000,
    topics: [
      {
        name: topic,
        numPartitions: -1,
        replicationFactor: -1,
        assignments: partitions.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds })),
        configs: [{ name: "min.insync.replicas", value: "2" }],
      },
    ],
  });
  if (made.topics[0]!.errorCode !== errorCodes.NONE) throw new Error(`topic ${topic} was not made: ${made.topics[0]!.errorCode}`);
  const coordinatorKeys = Array.from({ length: 60 }, (_, index) => `${topic}-group-${index}`);
  const group = await waitFor(
    async () => {
      const { coordinators } = await connection.call("FindCoordinator", 4, { keyType: 0, coordinatorKeys });
      const found = coordinators.find(({ nodeId, errorCode }) => nodeId === coordinatorId && errorCode === errorCodes.NONE);
      if (found === undefined) await ground.spreadCoordinators();
      return found;
    },
    { what: `a group that broker ${coordinatorId} coordinates`, timeoutMs: 40_000, intervalMs: 50 },
  );
  connection.close();
  await untilInSync(ground, topic);
  return { topic, groupId: group.key };
}

async function drop(ground: NodeGround, topic: string): Promise<void> {
  const connection = await openConnection(ground.addresses[0]!);
  await connection.call("DeleteTopics", 5, { topicNames: [topic], timeoutMs: 10_000 });
  connection.close();
}

/** Without all replicas in sync the next broker that stops would leave too few. */
async function untilInSync(ground: NodeGround, topic: string): Promise<void> {
  const connection = await openConnection(ground.addresses[1]!);
  await waitFor(
    async () => {
      const { topics } = await connection.call("Metadata", 12, { topics: [{ name: topic }], allowAutoTopicCreation: false });
      return topics[0]!.partitions.length === partitions.length && topics[0]!.partitions.every(({ isrNodes }) => isrNodes.length === 3);
    },
    { what: "all replicas to be in sync", timeoutMs: 60_000 },
  );
  connection.close();
}
