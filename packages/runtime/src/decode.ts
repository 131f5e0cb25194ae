import type { TopicCodec } from "@millrace/kafka";
import { withoutStory } from "@millrace/retry";
import type { RecordTask } from "./record-task.ts";

/**
 * Decodes a task's record into its `message`, once. A promise only when a schema has to be fetched first; rejects with what the schema source failed with.
 * @throws whatever the serdes throw for bytes they cannot read
 */
export function decode(task: RecordTask, codec: TopicCodec<unknown, unknown>): Promise<void> | undefined {
  if (task.message !== undefined) return undefined;
  const { key, value, headers } = task.record;
  const keySchema = key === null ? undefined : codec.key.prepareToDeserialize(key, headers);
  const valueSchema = value === null ? undefined : codec.value.prepareToDeserialize(value, headers);
  if (keySchema === undefined && valueSchema === undefined) {
    decodeNow(task, codec);
    return undefined;
  }
  return Promise.all([keySchema, valueSchema]).then(() => decodeNow(task, codec));
}

function decodeNow(task: RecordTask, codec: TopicCodec<unknown, unknown>): void {
  const { key, value, headers, topic, partition, offset, timestamp } = task.record;
  task.message = {
    key: key === null ? null : codec.key.deserialize(key, headers),
    value: value === null ? null : codec.value.deserialize(value, headers),
    headers: withoutStory(headers),
    topic,
    partition,
    offset,
    timestamp,
  };
}
