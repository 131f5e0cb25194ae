import { apiKeys } from "@millrace/protocol";
import { type EmbeddedKafka, startEmbeddedKafka } from "../../src/index.ts";

/** Shortest session of the compared Apache Kafka, see the cluster's `group.min.session.timeout.ms`. */
export const comparedShortestSessionMs = 1_000;

/** An embedded broker set up as the Apache Kafka that it is compared with. */
export function startComparedBroker(shortestSessionMs: number = comparedShortestSessionMs): Promise<EmbeddedKafka> {
  return startEmbeddedKafka({ logCheckIntervalMs: 200, groups: { minSessionTimeoutMs: shortestSessionMs } });
}

/** Keys of the APIs that the embedded broker serves: Apache Kafka serves them all. */
export function servedKeys({ engine }: EmbeddedKafka): ReadonlySet<number> {
  return new Set(engine.apis.map(({ api }) => apiKeys[api]));
}
