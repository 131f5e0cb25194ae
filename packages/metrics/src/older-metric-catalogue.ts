import type { Operation } from "@millrace/core";
import type { MetricDefinition } from "./metric-catalogue.ts";

const attributes = { system: "messaging.system", topic: "messaging.destination.name", error: "error.type" } as const;
const duration = { kind: "histogram", unit: "s", attributes } as const;
const messages = { kind: "counter", unit: "{message}", attributes } as const;

/**
 * The metrics of conventions up to 1.24, measured with `conventions: "both"`. What was delivered to a callback had no name of its own for brokers that are polled;
 * commits had none at all.
 */
export const olderMetricCatalogue: readonly MetricDefinition[] = [
  { name: "messaging.publish.duration", description: "How long sending takes.", ...duration },
  { name: "messaging.publish.messages", description: "Messages that were to be sent.", ...messages },
  { name: "messaging.receive.duration", description: "How long polling takes.", ...duration },
  { name: "messaging.receive.messages", description: "Messages that were polled.", ...messages },
];

/** The older metrics of an operation; undefined when it has none. */
export function olderMetricsOf(name: Operation["name"]): { readonly duration: string; readonly messages: string } | undefined {
  if (name !== "send" && name !== "poll") return undefined;
  const older = name === "send" ? "publish" : "receive";
  return { duration: `messaging.${older}.duration`, messages: `messaging.${older}.messages` };
}
