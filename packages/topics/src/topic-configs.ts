import type { AnyTopic } from "./catalogue.ts";
import { configOfOption } from "./topic-options.ts";

/**
 * The topic's declared settings under Kafka's own names, as CreateTopics and AlterConfigs take them: `retention.ms`, `cleanup.policy`,
 * `max.message.bytes` and whatever `configs` holds. Settings that the topic does not declare are left out. In alphabetical order.
 */
export function topicConfigs(topic: AnyTopic): Readonly<Record<string, string>> {
  const entries = Object.entries(topic.configs);
  for (const option of ["retentionMs", "cleanup", "maxMessageBytes"] as const) {
    const value = topic[option];
    if (value !== undefined) entries.push([configOfOption[option], String(value)]);
  }
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
