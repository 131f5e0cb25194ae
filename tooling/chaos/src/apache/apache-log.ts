import type { BrokerRecord } from "@millrace/embedded-kafka";
import { type Kafka, readTopics } from "@millrace/kafka";
import { retryTopicName } from "@millrace/retry";
import { group as chaosGroup, jobsTopic, resultsTopic } from "../chaos-worker.ts";
import type { StoredLog } from "../predict-schedule.ts";
import { letterTopic, retryTopic } from "../watch-copies.ts";
import { decodeCommit, type KeptCommit } from "./decode-commit.ts";

/** A commit and when the broker kept it, in milliseconds since 1970. */
export interface TimedCommit extends KeptCommit {
  readonly at: number;
}

/** What a schedule has left on a cluster. Its topics have the names here that they have where a schedule has a broker of its own. */
export interface ApacheLog extends StoredLog {
  readonly commits: readonly TimedCommit[];
  /** The name here of a topic of the cluster. */
  nameOf(topic: string): string;
}

export async function readApacheLog(
  kafka: Kafka,
  { topic, group }: { readonly topic: string; readonly group: string },
): Promise<ApacheLog> {
  const names = new Map([
    [topic, jobsTopic],
    [retryTopicName(topic, group), retryTopic],
    [`dlq.${topic}`, letterTopic],
    [`${topic}.results`, resultsTopic],
  ]);
  const nameOf = (name: string): string => names.get(name) ?? name;
  const records = new Map<string, BrokerRecord[]>([...names.values()].map((name) => [name, []]));
  for await (const record of readTopics(kafka, [...names.keys()])) {
    const name = nameOf(record.topic);
    // Copies tell of their topic and group themselves.
    const told = new Map([
      ["millrace.origin.topic", jobsTopic],
      ["millrace.group", chaosGroup],
    ]);
    const headers = record.headers.map(
      ([header, value]) => [header, told.has(header) ? Buffer.from(told.get(header) ?? "") : value] as const,
    );
    const value = name === resultsTopic ? renamed(String(record.value), nameOf) : record.value;
    records.get(name)?.push({ ...record, topic: name, headers, value });
  }
  const commits: TimedCommit[] = [];
  for await (const { key, value, timestamp } of readTopics(kafka, ["__consumer_offsets"])) {
    const commit = decodeCommit(key, value);
    if (commit?.group === group) commits.push({ ...commit, topic: nameOf(commit.topic), at: timestamp });
  }
  return { records: (name) => records.get(name) ?? [], commits, nameOf };
}

/** A result: a place, whose topic gets its name here. */
function renamed(place: string, nameOf: (topic: string) => string): Buffer {
  const [topic = "", ...rest] = place.split("/");
  return Buffer.from([nameOf(topic), ...rest].join("/"));
}
