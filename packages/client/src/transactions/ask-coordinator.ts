import type { Clock } from "@millrace/core";
import type { KafkaError } from "@millrace/kafka";
import type { Broker } from "../cluster/broker.ts";
import type { Cluster, CoordinatorKind } from "../cluster/cluster.ts";
import { untilDeadline } from "../cluster/until-deadline.ts";

/** Whom to ask, and for how long. */
export interface CoordinatorQuestion {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly kind: CoordinatorKind;
  /** The group or the transactional id. */
  readonly id: string;
  /** What is being done, for errors. */
  readonly what: string;
  readonly signal?: AbortSignal | undefined;
}

/** A transaction that is being ended is so within milliseconds, mostly. */
const firstPauseMs = 3;

/** The coordinator is the right one and only has to finish something. */
const busyErrors: ReadonlySet<string | undefined> = new Set(["CONCURRENT_TRANSACTIONS", "COORDINATOR_LOAD_IN_PROGRESS"]);

/**
 * Asks the coordinator of a group or a transactional id, again and again while it fails for reasons that may pass.
 * @throws KafkaError the last failure, retryable when the time was up; AbortedError
 */
export async function askCoordinator<T>(question: CoordinatorQuestion, work: (coordinator: Broker) => Promise<T>): Promise<T> {
  const { cluster, clock, timeoutMs, kind, id, what, signal } = question;
  const recover = async (error: KafkaError): Promise<void> => {
    if (busyErrors.has(error.kafkaError)) return;
    cluster.forgetCoordinator(id, kind);
    await cluster.refresh();
  };
  const context = { what, brokers: cluster.brokers };
  return await untilDeadline({ clock, timeoutMs, context, recover, signal, firstPauseMs, closing: cluster.closing }, async () =>
    work(await cluster.coordinator(id, kind)),
  );
}
