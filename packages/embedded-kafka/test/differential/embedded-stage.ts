import { type EmbeddedKafka, startEmbeddedKafka } from "../../src/index.ts";

/** Shortest session of the compared Apache Kafka, see the cluster's `group.min.session.timeout.ms`. */
export const comparedShortestSessionMs = 1_000;

/** An embedded broker set up as the Apache Kafka that it is compared with. */
export function startComparedBroker(shortestSessionMs: number = comparedShortestSessionMs): Promise<EmbeddedKafka> {
  return startEmbeddedKafka({ groups: { minSessionTimeoutMs: shortestSessionMs } });
}
