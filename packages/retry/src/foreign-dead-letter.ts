import type { KafkaRecord } from "@millrace/kafka";
import { type DeadLetter, deadLetterId } from "./dead-letter.ts";
import type { Dialect } from "./dialects/dialect.ts";
import { StoryHeaders } from "./dialects/dialect.ts";
import { kafkaConnect } from "./dialects/kafka-connect.ts";
import { kafkaStreams } from "./dialects/kafka-streams.ts";
import { smallrye } from "./dialects/smallrye.ts";
import { spring } from "./dialects/spring.ts";
import { watermill } from "./dialects/watermill.ts";

const dialects: readonly Dialect[] = [spring, kafkaStreams, kafkaConnect, smallrye, watermill];

/**
 * Reads a dead letter that another system wrote: Spring for Apache Kafka, Kafka Streams, Kafka Connect, SmallRye or Watermill. Undefined when the record is
 * none of theirs. Never throws, whatever the headers hold.
 *
 * What the system does not tell stands for itself: a partition of -1, an offset of -1, no attempts; the group is then the one that is given. Where the place
 * of the original is not told, the letter's id is made from its own place.
 */
export function readForeignDeadLetter(record: KafkaRecord, group = ""): DeadLetter | undefined {
  const headers = new StoryHeaders(record);
  for (const dialect of dialects) {
    const story = dialect.read(headers);
    if (story === undefined) continue;
    const { topic, partition, offset, timestamp = record.timestamp } = story;
    const origin = { topic, partition: partition ?? -1, offset: offset ?? -1, timestamp };
    const itsGroup = story.group ?? group;
    const place = partition === undefined || offset === undefined ? record : origin;
    return {
      id: deadLetterId({ topic: place.topic, partition: place.partition, offset: place.offset, timestamp }, itsGroup),
      origin,
      group: itsGroup,
      key: record.key,
      value: record.value,
      headers: record.headers.filter(([name]) => !dialect.owns(name)),
      failure: { ...story.failure, code: null },
      disposition: story.disposition ?? "unknown",
      attempts: story.attempts ?? 0,
      redrives: 0,
      failedAt: record.timestamp,
      consumerId: story.consumer ?? dialect.name,
    };
  }
  return undefined;
}
