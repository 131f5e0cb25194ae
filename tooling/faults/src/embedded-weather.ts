import { type Clock, type Random, sleep } from "@millrace/core";
import type { BrokerFaults, BrokerNodeState, Fault } from "@millrace/embedded-kafka";
import { below, between, type Weather } from "./fault-ground.ts";

/** What the weather needs of an embedded cluster, with sockets or without. */
export interface ShakenCluster {
  readonly faults: BrokerFaults;
  nodes(): readonly BrokerNodeState[];
  moveLeader(topic: string, partition: number, nodeId: number): void;
  stopNode(nodeId: number): Promise<void> | void;
  startNode(nodeId: number): Promise<void> | void;
}

type Cloud = (faults: BrokerFaults, random: Random) => Fault;

const group = ["JoinGroup", "SyncGroup", "Heartbeat", "OffsetCommit", "OffsetFetch", "LeaveGroup", "FindCoordinator"] as const;
const asking = ["Metadata", "ApiVersions", "ListOffsets", "InitProducerId", "FindCoordinator"] as const;
const transaction = ["AddPartitionsToTxn", "AddOffsetsToTxn", "TxnOffsetCommit", "EndTxn", "InitProducerId"] as const;
const anything = ["Produce", "Fetch", ...group, ...asking, ...transaction] as const;
const moment = (random: Random): { readonly at: "before" | "after" } => ({ at: random() < 0.5 ? "before" : "after" });

const hasId = (body: unknown): boolean => (body as { readonly transactionalId: string | null }).transactionalId !== null;

/** What may go on for a whole schedule. Some of them are drawn for each. */
const clouds: readonly Cloud[] = [
  (faults) => faults.error("Produce", "NOT_LEADER_OR_FOLLOWER", { probability: 0.05 }),
  (faults) => faults.error("Produce", "NOT_ENOUGH_REPLICAS", { probability: 0.05 }),
  (faults) => faults.error("Produce", "REQUEST_TIMED_OUT", { probability: 0.05, at: "after" }),
  (faults) => faults.error("Produce", "NOT_ENOUGH_REPLICAS_AFTER_APPEND", { probability: 0.05, at: "after" }),
  (faults) => faults.error("Fetch", "NOT_LEADER_OR_FOLLOWER", { probability: 0.05 }),
  (faults) => faults.error("Fetch", "UNKNOWN_TOPIC_OR_PARTITION", { probability: 0.03 }),
  (faults) => faults.error("Fetch", "OFFSET_NOT_AVAILABLE", { probability: 0.05 }),
  (faults) => faults.error("ListOffsets", "LEADER_NOT_AVAILABLE", { probability: 0.2 }),
  (faults) => faults.error("Metadata", "LEADER_NOT_AVAILABLE", { probability: 0.1 }),
  (faults) => faults.error("InitProducerId", "COORDINATOR_LOAD_IN_PROGRESS", { probability: 0.5 }),
  (faults) => faults.error([...group], "NOT_COORDINATOR", { probability: 0.05, when: ({ api }) => api !== "FindCoordinator" }),
  (faults) => faults.error([...group], "COORDINATOR_LOAD_IN_PROGRESS", { probability: 0.05, when: ({ api }) => api !== "LeaveGroup" }),
  (faults) => faults.error("Heartbeat", "REBALANCE_IN_PROGRESS", { probability: 0.05 }),
  (faults) => faults.error(["Heartbeat", "SyncGroup"], "UNKNOWN_MEMBER_ID", { probability: 0.02 }),
  (faults) => faults.error("Heartbeat", "ILLEGAL_GENERATION", { probability: 0.02 }),
  (faults, random) => faults.drop(["Produce", "Fetch"], { probability: 0.03, ...moment(random) }),
  (faults, random) => faults.drop([...group], { probability: 0.03, ...moment(random) }),
  (faults) =>
    faults.error([...transaction], "NOT_COORDINATOR", {
      probability: 0.05,
      when: ({ api, body }) => api !== "InitProducerId" || hasId(body),
    }),
  (faults) => faults.error(["EndTxn", "TxnOffsetCommit", "AddOffsetsToTxn"], "COORDINATOR_LOAD_IN_PROGRESS", { probability: 0.1 }),
  (faults) => faults.error("AddPartitionsToTxn", "CONCURRENT_TRANSACTIONS", { probability: 0.2 }),
  (faults, random) => faults.drop([...transaction], { probability: 0.05, ...moment(random) }),
  (faults, random) => faults.drop([...asking], { probability: 0.05, ...moment(random) }),
  (faults) => faults.cut([...anything], { probability: 0.02 }),
  (faults) => faults.duplicate("Produce", { probability: 0.1 }),
  (faults, random) => faults.delay([...anything], [0, 30], { probability: 0.1, ...moment(random) }),
  (faults, random) => faults.delay(["Produce", "Heartbeat", "OffsetCommit"], [100, 500], { probability: 0.02, ...moment(random) }),
  (faults) => faults.trickle([...anything], { probability: 0.02, bytes: 7, everyMs: 1 }),
];

/** What strikes once, for some milliseconds. */
function strike(cluster: ShakenCluster, topics: readonly string[], partitions: number, random: Random): Fault | Promise<void> | undefined {
  const { faults } = cluster;
  const topic = topics[below(random, topics.length)]!;
  const running = cluster.nodes().flatMap(({ id, isRunning }) => (isRunning ? [id] : []));
  const node = running[below(random, running.length)] ?? 0;
  const partition = below(random, partitions);
  const forMs = between(random, 5, 150);
  switch (below(random, 7)) {
    case 0:
      cluster.moveLeader(topic, partition, node);
      return undefined;
    case 1:
      return faults.leaderChange(topic, partition, { forMs, ...moment(random) });
    case 2:
      return faults.coordinatorLoss({ forMs });
    case 3:
      return faults.stall([...anything], { times: between(random, 1, 3), forMs: between(random, 50, 600), ...moment(random) });
    case 4:
      return faults.drop("*", { nodeId: node, forMs });
    case 5:
      return running.length < 2 ? undefined : Promise.resolve(cluster.stopNode(node));
    default:
      return startAll(cluster);
  }
}

async function startAll(cluster: ShakenCluster): Promise<void> {
  for (const { id, isRunning } of cluster.nodes()) if (!isRunning) await cluster.startNode(id);
}

/** Faults at the broker's door, leaders and coordinators that move, nodes that stop and start. */
export function startEmbeddedWeather(
  cluster: ShakenCluster,
  options: { readonly topics: readonly string[]; readonly partitions: number; readonly random: Random; readonly clock: Clock },
): Weather {
  const { topics, partitions, random, clock } = options;
  const all: Fault[] = Array.from({ length: between(random, 1, 5) }, () => clouds[below(random, clouds.length)]!(cluster.faults, random));
  let moves = 0;
  const ending = new AbortController();
  const striking = (async () => {
    for (;;) {
      await sleep(between(random, 5, 120), { clock, signal: ending.signal });
      const struck = strike(cluster, topics, partitions, random);
      if (struck !== undefined && "hits" in struck) all.push(struck);
      else {
        moves++;
        await struck;
      }
    }
  })().catch((error: unknown) => {
    if (!ending.signal.aborted) throw error;
  });
  striking.catch(() => {});
  return {
    async end() {
      ending.abort();
      await striking;
      const counts: Record<string, number> = { moves };
      for (const fault of all) {
        counts[fault.kind] = (counts[fault.kind] ?? 0) + fault.hits;
        fault.undo();
      }
      await startAll(cluster);
      return counts;
    },
  };
}
