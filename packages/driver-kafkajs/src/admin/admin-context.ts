import type { Clock } from "@millrace/core";
import type { DriverCluster } from "../client/driver-cluster.ts";
import type { KafkaJsBroker } from "../client/kafkajs-internals.ts";
import { untilDeadline } from "../client/until-deadline.ts";

/** What every admin call works with. */
export interface AdminContext {
  readonly cluster: DriverCluster;
  readonly clock: Clock;
  readonly requestTimeoutMs: number;
}

/** Repeats `work` on the broker that `find` names, which is looked for again after each failure that may pass. */
export async function onBroker<T>(
  context: AdminContext,
  what: string,
  find: (cluster: DriverCluster) => Promise<KafkaJsBroker>,
  work: (broker: KafkaJsBroker) => Promise<T>,
): Promise<T> {
  const { cluster, clock, requestTimeoutMs } = context;
  const recover = async (): Promise<void> => {
    cluster.forgetCoordinators();
    await cluster.refresh();
  };
  return await untilDeadline({ clock, timeoutMs: requestTimeoutMs, context: { what, brokers: cluster.brokers }, recover }, async () => {
    await cluster.connect();
    return await work(await find(cluster));
  });
}

export const anyBroker = async (cluster: DriverCluster): Promise<KafkaJsBroker> => await cluster.anyBroker();
export const controller = async (cluster: DriverCluster): Promise<KafkaJsBroker> => await cluster.controller();
