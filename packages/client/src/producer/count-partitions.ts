import type { Clock } from "@millrace/core";
import { errorCodes } from "@millrace/protocol";
import { brokerError } from "../client-error.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { untilDeadline } from "../cluster/until-deadline.ts";

/**
 * How many partitions a topic has, from the last answer unless `refresh` is set. A topic that is unknown may have been made a moment ago, by this question too: it
 * is asked for until the time is up.
 */
export async function countPartitions(options: {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly topic: string;
  readonly refresh: boolean;
}): Promise<number> {
  const { cluster, clock, timeoutMs, topic, refresh } = options;
  const known = cluster.topic(topic);
  if (!refresh && known?.errorCode === errorCodes.NONE) return known.partitions.length;
  const context = { what: `Asking for the partitions of "${topic}"`, topic, brokers: cluster.brokers };
  try {
    return await untilDeadline({ clock, timeoutMs, context, closing: cluster.closing }, async () => {
      await cluster.refresh([topic]);
      const found = cluster.topic(topic);
      if (found?.errorCode === errorCodes.NONE && found.partitions.length > 0) return found.partitions.length;
      throw brokerError(found?.errorCode ? found.errorCode : errorCodes.LEADER_NOT_AVAILABLE, context);
    });
  } catch (error) {
    if (known === undefined) cluster.forget(topic);
    throw error;
  }
}
