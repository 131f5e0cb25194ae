import type { Clock } from "@millrace/core";
import type { Broker } from "../cluster/broker.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { untilDeadline } from "../cluster/until-deadline.ts";

/** What every admin call works with. */
export interface AdminContext {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly requestTimeoutMs: number;
}

/** Repeats `work` on the broker that `find` names, which is looked for again after each failure that may pass. */
export async function onBroker<T>(
  context: AdminContext,
  what: string,
  find: (cluster: Cluster) => Promise<Broker>,
  work: (broker: Broker) => Promise<T>,
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

export const anyBroker = async (cluster: Cluster): Promise<Broker> => await cluster.anyBroker();
export const controller = async (cluster: Cluster): Promise<Broker> => await cluster.controller();
