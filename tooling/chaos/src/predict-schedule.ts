import type { BrokerRecord } from "@millrace/embedded-kafka";
import { decodeDeadLetter, readStory, retryTopicName } from "@millrace/retry";
import type { RecordStored } from "@millrace/testing";
import { group, jobsTopic } from "./chaos-worker.ts";
import { jobKindOf } from "./job-kinds.ts";
import type { ScheduleSettings } from "./schedule-settings.ts";

/** What is in the logs, and which dead letters must come of it. */
export interface Prediction {
  readonly stored: readonly RecordStored[];
  /** By id. */
  readonly deadLetters: ReadonlyMap<string, string>;
}

/** What is in the topics of a schedule, by the names that they have where it has a broker of its own. */
export interface StoredLog {
  records(topic: string, selection?: { readonly isolation: "read_committed" }): readonly BrokerRecord[];
}

/** The topics that the group works on. */
export const workedTopics: readonly string[] = [jobsTopic, retryTopicName(jobsTopic, group)];

/**
 * What a record is called. With later rounds all its copies are one, until it is brought back from the dead letters; without, whatever a redrive sends is handled,
 * though it be sent twice.
 */
export function idOf(record: BrokerRecord, hasRounds: boolean): string {
  const { partition, offset } = record;
  const story = readStory(record);
  if (story === undefined) return `${partition}/${offset}`;
  const { origin, redrives } = story;
  const life = redrives === 0 ? "" : ` redriven ${redrives}`;
  return `${origin.partition}/${origin.offset}${life}${hasRounds ? "" : ` as ${offset}`}`;
}

const committed = { isolation: "read_committed" } as const;

/** Reads the logs and predicts, by the records' kinds alone, what must come of each. */
export function predictSchedule(engine: StoredLog, { order, later }: Pick<ScheduleSettings, "order" | "later">): Prediction {
  const deadLetters = new Map<string, string>();
  const stored = workedTopics
    .flatMap((topic) => engine.records(topic, committed))
    .map((record): RecordStored => {
      const { topic, partition, offset, key } = record;
      const story = readStory(record);
      const redrives = story?.redrives ?? 0;
      const id = idOf(record, later !== undefined);
      const reason = jobKindOf(record.headers).deadLetter(redrives, later !== undefined);
      if (reason !== undefined) deadLetters.set(id, reason);
      // Redriven records have no order towards those of their key.
      const isFree = story !== undefined || order === "unordered" || (order === "key" && key === null);
      const chain = isFree ? null : order === "partition" ? `${partition}` : `${partition}/${key?.toString("latin1")}`;
      return { kind: "record-stored", id, place: { topic, partition, offset }, chain, rank: offset };
    });
  return { stored, deadLetters };
}

/** What is wrong with the dead letters on their topic: each failed life of a record must be told there, and no other, with its reason. */
export function checkLetters(engine: StoredLog, { later }: Pick<ScheduleSettings, "later">): readonly string[] {
  const expected = new Set<string>();
  for (const record of workedTopics.flatMap((topic) => engine.records(topic, committed))) {
    const story = readStory(record);
    const reason = jobKindOf(record.headers).deadLetter(story?.redrives ?? 0, later !== undefined);
    const { partition, offset } = story?.origin ?? record;
    if (reason !== undefined) expected.add(`${partition}/${offset} redriven ${story?.redrives ?? 0}: ${reason}`);
  }
  const found = new Set(
    engine.records(`dlq.${jobsTopic}`, committed).map((record) => {
      const { origin, redrives, disposition } = decodeDeadLetter(record);
      return `${origin.partition}/${origin.offset} redriven ${redrives}: ${disposition}`;
    }),
  );
  return [
    ...[...expected].filter((letter) => !found.has(letter)).map((letter) => `there is no dead letter ${letter}`),
    ...[...found].filter((letter) => !expected.has(letter)).map((letter) => `nobody expects the dead letter ${letter}`),
  ];
}

/** Which lives of records were sent from the dead letters more than once. */
export function checkRedrives(log: StoredLog): readonly string[] {
  const sent = new Set<string>();
  return workedTopics
    .flatMap((topic) => log.records(topic, committed))
    .flatMap((record) => {
      const story = readStory(record);
      if (story === undefined || story.parked !== undefined) return [];
      const { origin, redrives, job } = story;
      const life = `${origin.partition}/${origin.offset} redriven ${redrives}`;
      if (sent.has(life)) return [`${life} was sent again by ${job}`];
      sent.add(life);
      return [];
    });
}
