import { type Headers, normaliseHeaders, type OutgoingMessage, type RawMessage, type TopicCodec } from "@millrace/kafka";

/**
 * A message in bytes, as a producer would write them.
 * @throws SerdeError, InvalidOptionsError (`INVALID_OPTIONS`) for headers; else what the schema source fails with
 */
export async function encodeMessage<Key, Value>(
  topic: string,
  codec: TopicCodec<Key, Value>,
  message: OutgoingMessage<Key, Value>,
): Promise<RawMessage> {
  const { key = null, value, timestamp, partition } = message;
  // A copy: formats may write headers.
  const headers = [...normaliseHeaders(message.headers)] satisfies Headers;
  if (key !== null) await codec.key.prepareToSerialize(key, headers);
  if (value !== null) await codec.value.prepareToSerialize(value, headers);
  return {
    topic,
    key: key === null ? null : codec.key.serialize(key, headers),
    value: value === null ? null : codec.value.serialize(value, headers),
    headers,
    ...(timestamp === undefined ? {} : { timestamp }),
    ...(partition === undefined ? {} : { partition }),
  };
}
