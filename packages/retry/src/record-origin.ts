import type { Headers, KafkaRecord } from "@millrace/kafka";
import { isRetryTopicOf } from "./topic-names.ts";

/** Where a record was first read from, kept through every retry and redrive. */
export interface RecordOrigin {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
}

/** How a record came to wait on its retry topic. */
export interface ParkedStory {
  /** Not to be handled before, in milliseconds since the epoch. */
  readonly due: number;
  /** Rounds that have failed, the one on the source included; 0 for a record that only waits behind one of its key. */
  readonly rounds: number;
  /** When its first round failed, in milliseconds since the epoch; 0 when none has. */
  readonly since: number;
  /** Who put it there: one assignment of its partition to one member. */
  readonly claim: string;
}

/** What travels with a record on a retry topic. */
export interface RetryStory {
  readonly origin: RecordOrigin;
  /** The consumer group that the record is for. */
  readonly group: string;
  /** Handler attempts so far, over all its lives. */
  readonly attempts: number;
  /** How often it was brought back from the dead letters. */
  readonly redrives: number;
  /** The redrive job that sent it, if one did. */
  readonly job: string | null;
  /** Undefined for what a redrive sent. */
  readonly parked?: ParkedStory | undefined;
}

const names = {
  topic: "millrace.origin.topic",
  partition: "millrace.origin.partition",
  offset: "millrace.origin.offset",
  timestamp: "millrace.origin.timestamp",
  group: "millrace.group",
  attempts: "millrace.attempts",
  redrives: "millrace.redrives",
  job: "millrace.redrive.job",
  due: "millrace.due",
  rounds: "millrace.rounds",
  since: "millrace.since",
  claim: "millrace.claim",
} as const;

const storyNames: ReadonlySet<string> = new Set(Object.values(names));

/** The headers of a record on a retry topic: its own, followed by its story. */
export function writeStory(headers: Headers, story: RetryStory): Headers {
  return [
    ...withoutStory(headers),
    [names.topic, text(story.origin.topic)],
    [names.partition, text(story.origin.partition)],
    [names.offset, text(story.origin.offset)],
    [names.timestamp, text(story.origin.timestamp)],
    [names.group, text(story.group)],
    [names.attempts, text(story.attempts)],
    [names.redrives, text(story.redrives)],
    ...(story.job === null ? [] : [[names.job, text(story.job)] as const]),
    ...(story.parked === undefined ? [] : parkedHeaders(story.parked)),
  ];
}

function parkedHeaders({ due, rounds, since, claim }: ParkedStory): Headers {
  return [
    [names.due, text(due)],
    [names.rounds, text(rounds)],
    [names.since, text(since)],
    [names.claim, text(claim)],
  ];
}

/**
 * The story of a record that came back through a retry topic, or undefined. Headers that say so on any other topic are not believed: an application may have
 * copied them from a record that it handled.
 */
export function readStory(record: KafkaRecord): RetryStory | undefined {
  const story = toldStory(record);
  return story !== undefined && isRetryTopicOf(record.topic, story.origin.topic, story.group) ? story : undefined;
}

/**
 * How often a record was brought back to this group. Of one that lies where it came from this alone is believed: should its headers have been copied, it is parked
 * too early and not lost; were it not, a redrive to the source would know no end.
 */
export function redrivesOf(record: KafkaRecord, group: string): number {
  const story = toldStory(record);
  if (story === undefined || story.group !== group) return 0;
  return story.origin.topic === record.topic || isRetryTopicOf(record.topic, story.origin.topic, group) ? story.redrives : 0;
}

function toldStory(record: KafkaRecord): RetryStory | undefined {
  if (record.headers.length === 0) return undefined;
  const found = new Map<string, string>();
  for (const [name, value] of record.headers) if (value !== null && storyNames.has(name)) found.set(name, value.toString("utf8"));
  const topic = found.get(names.topic);
  const group = found.get(names.group);
  const partition = wholeNumber(found.get(names.partition));
  const offset = wholeNumber(found.get(names.offset));
  if (topic === undefined || group === undefined || partition === undefined || offset === undefined) return undefined;
  const claim = found.get(names.claim);
  const count = (name: string): number => wholeNumber(found.get(name)) ?? 0;
  return {
    origin: { topic, partition, offset, timestamp: wholeNumber(found.get(names.timestamp)) ?? -1 },
    group,
    attempts: count(names.attempts),
    redrives: count(names.redrives),
    job: found.get(names.job) ?? null,
    parked: claim === undefined ? undefined : { due: count(names.due), rounds: count(names.rounds), since: count(names.since), claim },
  };
}

/** A record's headers as its producer wrote them. */
export function withoutStory(headers: Headers): Headers {
  return headers.some(([name]) => storyNames.has(name)) ? headers.filter(([name]) => !storyNames.has(name)) : headers;
}

/** Where a record comes from: what its story says, else where it lies. */
export function originOf(record: KafkaRecord): RecordOrigin {
  return (
    readStory(record)?.origin ?? {
      topic: record.topic,
      partition: record.partition,
      offset: record.offset,
      timestamp: record.timestamp,
    }
  );
}

function text(value: string | number): Buffer {
  return Buffer.from(String(value), "utf8");
}

function wholeNumber(digits: string | undefined): number | undefined {
  if (digits === undefined || !/^\d{1,16}$/.test(digits)) return undefined;
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : undefined;
}
