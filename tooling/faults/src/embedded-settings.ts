import type { BrokerEngine } from "@millrace/embedded-kafka";
import type { FaultGround, GroundTiming } from "./fault-ground.ts";

/** Brokers of an embedded cluster. */
export const clusterNodes = 3;

export const minSessionTimeoutMs = 500;

/** An embedded broker answers in a moment, so that clients may be impatient. */
export const embeddedTiming: GroundTiming = {
  requestTimeoutMs: 250,
  deliveryTimeoutMs: 2_000,
  sessionTimeoutMs: 1_000,
  heartbeatIntervalMs: 50,
  rebalanceTimeoutMs: 1_000,
  slackMs: 500,
  loadMs: 400,
  restMs: 20_000,
};

/** What an embedded cluster tells of itself. */
export function brokersOfCluster(cluster: Pick<BrokerEngine, "records" | "offsets">): Pick<FaultGround, "records" | "committed"> {
  return {
    records: async (topic, isolation) =>
      cluster.records(topic, { isolation }).map(({ partition, offset, value }) => ({ partition, offset, value: String(value) })),
    committed: async (group, topic) =>
      new Map(cluster.offsets(group).flatMap((each) => (each.topic === topic ? [[each.partition, each.offset] as const] : []))),
  };
}
