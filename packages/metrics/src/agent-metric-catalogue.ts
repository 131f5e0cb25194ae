import type { MetricDefinition } from "./metric-catalogue.ts";

const none = {} as const;

/**
 * Metrics under the names that agent systems have in Prometheus: `messages_processed_total`, `message_processing_seconds` and so on. Measured with `agentMetrics`;
 * `active_agents` and `pending_requests` are for the application to `observe`.
 */
export const agentMetricCatalogue: readonly MetricDefinition[] = [
  { name: "messages_processed", kind: "counter", unit: "", description: "Total processed messages", attributes: none },
  {
    name: "message_processing",
    kind: "histogram",
    unit: "s",
    description: "Message processing time",
    attributes: none,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  },
  { name: "messages_received", kind: "counter", unit: "", description: "Total received messages", attributes: none },
  { name: "active_agents", kind: "gauge", unit: "", description: "Agents that are active now", attributes: none },
  { name: "pending_requests", kind: "gauge", unit: "", description: "Requests that wait for their answer", attributes: none },
  {
    name: "kafka_connection_errors",
    kind: "counter",
    unit: "",
    description: "Total connections to Kafka that were lost",
    attributes: none,
  },
];

/** Counts what millrace does under those names, too. */
export interface AgentCounts {
  received(messages: number): void;
  /** One call of a handler, with so many messages. */
  processed(seconds: number, messages?: number): void;
  connectionLost(amount: number): void;
}

/** What counts into a store that has these metrics. */
export function createAgentCounts(store: {
  count(name: string, amount: number): void;
  record(name: string, value: number): void;
}): AgentCounts {
  return {
    received: (messages) => store.count("messages_received", messages),
    processed(seconds, messages = 1) {
      store.count("messages_processed", messages);
      store.record("message_processing", seconds);
    },
    connectionLost: (amount) => store.count("kafka_connection_errors", amount),
  };
}
