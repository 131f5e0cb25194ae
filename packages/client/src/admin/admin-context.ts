import type { Clock } from "@millrace/core";
import type { Broker } from "../cluster/broker.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { untilDeadline } from "../cluster/until-deadline.ts";

/** What an admin call works with. */
export interface AdminContext {
  readonly cluster: Cluster;
  readonly clock: Clock;
  /** For the call with all repetitions. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** A topic that was made a moment ago is not known everywhere yet: it is looked for this long. */
export const unknownTopicGraceMs = 1_000;

/** Repeats `work` on the broker that `find` names, which is looked for again after each failure that may pass. */
export async function onBroker<T>(
  context: AdminContext,
  what: string,
  find: (cluster: Cluster) => Promise<Broker>,
  work: (broker: Broker) => Promise<T>,
): Promise<T> {
  const { cluster, clock, timeoutMs, signal } = context;
  const recover = async (): Promise<void> => await lookAgain(cluster);
  return await untilDeadline(
    { clock, timeoutMs, signal, context: { what, brokers: cluster.brokers }, recover, closing: cluster.closing },
    async () => {
      await cluster.connect();
      return await work(await find(cluster));
    },
  );
}

/** Forgets who does what, and asks who is there. */
export async function lookAgain(cluster: Cluster): Promise<void> {
  cluster.forgetCoordinators();
  await cluster.refresh();
}

export const anyBroker = async (cluster: Cluster): Promise<Broker> => await cluster.anyBroker();
export const controller = async (cluster: Cluster): Promise<Broker> => await cluster.controller();
