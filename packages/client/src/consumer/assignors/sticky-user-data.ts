import type { TopicPartition } from "@millrace/kafka";
import { groupByTopic } from "../../wire/group-by-topic.ts";
import type { PreviousAssignment } from "./assignor.ts";
import type { MemberClaims } from "./sticky-claims.ts";

// These formats belong to Java's assignors, not to Kafka's messages: big-endian, no version in front.

/** User data of `sticky`, version 1: topics with their partitions, then the generation. */
export function encodePreviousAssignment({ partitions, generationId }: PreviousAssignment): Buffer {
  const topics = groupByTopic(partitions);
  const parts: Buffer[] = [int32(topics.length)];
  for (const [topic, held] of topics) {
    const name = Buffer.from(topic);
    const length = Buffer.alloc(2);
    length.writeInt16BE(name.length);
    parts.push(length, name, int32(held.length), ...held.map(({ partition }) => int32(partition)));
  }
  return Buffer.concat([...parts, int32(generationId)]);
}

/** Reads it, version 0 without a generation too. What is no such data counts as nothing: the member is treated as a new one. */
export function decodePreviousAssignment(bytes: Buffer | null): MemberClaims {
  const nothing: MemberClaims = { partitions: [], generationId: -1 };
  if (bytes === null || bytes.length === 0) return nothing;
  const partitions: TopicPartition[] = [];
  let at = 0;
  const readInt32 = (): number => {
    at += 4;
    return bytes.readInt32BE(at - 4);
  };
  try {
    for (let topics = readInt32(); topics > 0; topics -= 1) {
      const length = bytes.readInt16BE(at);
      const topic = bytes.toString("utf8", at + 2, at + 2 + length);
      at += 2 + length;
      for (let count = readInt32(); count > 0; count -= 1) partitions.push({ topic, partition: readInt32() });
    }
    return { partitions, generationId: at < bytes.length ? readInt32() : -1 };
  } catch (error) {
    if (error instanceof RangeError) return nothing;
    throw error;
  }
}

/** User data of `cooperative-sticky`: the generation in which the member was given what it owns. */
export function encodeGeneration(generationId: number): Buffer {
  return int32(generationId);
}

/** Reads it; -1 when there is none. */
export function decodeGeneration(bytes: Buffer | null): number {
  return bytes === null || bytes.length < 4 ? -1 : bytes.readInt32BE(0);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
