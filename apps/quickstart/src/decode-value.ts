import type { KafkaRecord, TopicCodec } from "@millrace/kafka";

/** The value of a record, decoded; null for a tombstone. Fetches the schema when it is not known yet. */
export async function decodeValue<Value>(
  codec: TopicCodec<never, Value> | TopicCodec<string, Value>,
  record: KafkaRecord,
): Promise<Value | null> {
  if (record.value === null) return null;
  await codec.value.prepareToDeserialize(record.value);
  return codec.value.deserialize(record.value);
}
