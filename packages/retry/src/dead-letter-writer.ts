import { type Clock, systemClock } from "@millrace/core";
import type { KafkaRecord, Producer, RecordMetadata } from "@millrace/kafka";
import { type DeadLetter, type Disposition, deadLetterId, describeFailure } from "./dead-letter.ts";
import { encodeDeadLetter } from "./dead-letter-record.ts";
import { originOf, readStory, redrivesOf, withoutStory } from "./record-origin.ts";
import { type DeadLetterNaming, deadLetterTopicName } from "./topic-names.ts";

/** A record that a handler gave up on. */
export interface FailedRecord {
  readonly record: KafkaRecord;
  readonly error: unknown;
  readonly disposition: Disposition;
  /** Attempts in this life of the record. */
  readonly attempts: number;
}

/** Writes dead letters. */
export interface DeadLetterWriter {
  /**
   * Writes one dead letter; resolves when the broker has stored it, which must be awaited before the record's offset is committed.
   * Rejects as the producer does; nothing is retried here.
   *
   * @param by writes this one, as part of a transaction @default the writer's own
   */
  write(failed: FailedRecord, by?: Pick<Producer, "sendRaw">): Promise<RecordMetadata>;
}

/** Makes a writer for one group. The producer stays its caller's, who closes it; it must wait for all replicas (`acks: "all"`, the default). */
export function createDeadLetterWriter(options: {
  readonly producer: Pick<Producer, "sendRaw">;
  readonly group: string;
  readonly consumerId: string;
  readonly naming?: DeadLetterNaming | undefined;
  readonly clock?: Clock | undefined;
}): DeadLetterWriter {
  const { producer, group, consumerId, naming, clock = systemClock } = options;
  return {
    // Async, so that a story that cannot be told is a rejection and no throw.
    async write(failed, by = producer) {
      const { record } = failed;
      const story = readStory(record);
      const origin = originOf(record);
      const letter: DeadLetter = {
        id: deadLetterId(origin, group),
        origin,
        group,
        key: record.key,
        value: record.value,
        headers: withoutStory(record.headers),
        failure: describeFailure(failed.error),
        disposition: failed.disposition,
        attempts: (story?.attempts ?? 0) + failed.attempts,
        redrives: redrivesOf(record, group),
        failedAt: clock.now(),
        consumerId,
      };
      return await by.sendRaw(encodeDeadLetter(deadLetterTopicName(origin.topic, naming), letter));
    },
  };
}
