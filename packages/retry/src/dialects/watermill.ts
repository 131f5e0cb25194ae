import type { Dialect } from "./dialect.ts";

const names = {
  reason: "reason_poisoned",
  topic: "topic_poisoned",
  handler: "handler_poisoned",
  subscriber: "subscriber_poisoned",
} as const;
const own: ReadonlySet<string> = new Set(Object.values(names));

/** Watermill's middleware `poison`. Neither partition nor offset are told, nor the group. */
export const watermill: Dialect = {
  name: "watermill",
  owns: (header) => own.has(header),
  read(headers) {
    const topic = headers.firstText(names.topic);
    const reason = headers.text(names.reason);
    if (topic === undefined || reason === undefined) return undefined;
    return { topic, failure: { type: "unknown", message: reason, stack: null }, consumer: headers.text(names.handler) };
  },
};
