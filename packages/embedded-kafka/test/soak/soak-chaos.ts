import type { Random } from "@millrace/core";
import type { EmbeddedKafka, Fault } from "../../src/index.ts";
import { below, pause, shaken, soakPartitions } from "./soak-plan.ts";

/** Faults, and a cluster that does not stand still. */
export interface SoakChaos {
  /** Requests that were met, leaders moved and nodes stopped so far. */
  readonly counts: { readonly faults: number; readonly leadersMoved: number; readonly nodesStopped: number };
  /** Undoes everything: no fault is left, all nodes run. */
  end(): Promise<void>;
}

/** Lets requests fail, and leaders, coordinators and nodes come and go at random, until it is ended. */
export function startChaos(broker: EmbeddedKafka, topics: readonly string[], random: Random): SoakChaos {
  const { faults } = broker;
  const scope = { clientId: shaken };
  const data = ["Produce", "Fetch"] as const;
  const group = ["JoinGroup", "SyncGroup", "Heartbeat", "OffsetCommit"] as const;
  const transaction = ["AddPartitionsToTxn", "AddOffsetsToTxn", "TxnOffsetCommit", "EndTxn", "InitProducerId"] as const;
  const lasting = [
    faults.error("Produce", "NOT_LEADER_OR_FOLLOWER", { ...scope, probability: 0.01 }),
    faults.error("Produce", "REQUEST_TIMED_OUT", { ...scope, probability: 0.01, at: "after" }),
    faults.error(transaction, "NOT_COORDINATOR", { ...scope, probability: 0.001 }),
    faults.drop([...data, ...group], { ...scope, probability: 0.003 }),
    faults.drop([...data, ...transaction], { ...scope, probability: 0.003, at: "after" }),
    faults.duplicate("Produce", { ...scope, probability: 0.01 }),
    faults.cut("Fetch", { ...scope, probability: 0.003 }),
    faults.trickle(["Metadata", "Heartbeat"], { ...scope, probability: 0.01, bytes: 10, everyMs: 1 }),
    faults.delay([...data, ...group, ...transaction], [1, 20], { ...scope, probability: 0.02 }),
  ];
  const passing: Fault[] = [];
  const counts = { faults: 0, leadersMoved: 0, nodesStopped: 0 };
  const running = (): number[] => broker.nodes().flatMap(({ id, isRunning }) => (isRunning ? [id] : []));
  const someNode = (): number => running()[below(random, running().length)]!;
  const ending = new AbortController();

  const strike = async (): Promise<void> => {
    const topic = topics[below(random, topics.length)]!;
    const partition = below(random, soakPartitions);
    const chance = random();
    if (chance < 0.4) {
      broker.moveLeader(topic, partition, someNode());
      counts.leadersMoved++;
    } else if (chance < 0.55) passing.push(faults.leaderChange(topic, partition, { forMs: below(random, 100) }));
    else if (chance < 0.65) passing.push(faults.coordinatorLoss({ ...scope, forMs: below(random, 100) }));
    else if (chance < 0.7) passing.push(faults.stall(data, { ...scope, times: 1, forMs: 500 }));
    else if (chance < 0.8 && running().length > 1) {
      await broker.stopNode(someNode());
      counts.nodesStopped++;
    } else for (const { id, isRunning } of broker.nodes()) if (!isRunning) await broker.startNode(id);
  };

  const striking = (async () => {
    while (!ending.signal.aborted) {
      await pause(below(random, 400));
      if (!ending.signal.aborted) await strike();
    }
  })();
  // end() tells what went wrong.
  striking.catch(() => {});

  return {
    counts,
    async end() {
      ending.abort();
      await striking;
      for (const fault of [...lasting, ...passing]) {
        counts.faults += fault.hits;
        fault.undo();
      }
      for (const { id } of broker.nodes()) await broker.startNode(id);
    },
  };
}
