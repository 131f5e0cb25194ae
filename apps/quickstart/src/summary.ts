import { type Kafka, readTopics } from "@millrace/kafka";
import { readDeadLetters, readStory, retryTopicName } from "@millrace/retry";
import { decodeValue } from "./decode-value.ts";
import type { Activity, JobTopics } from "./topics.ts";

/** What the run came to, computed from its topics and from nothing else. */
export interface Summary {
  /** Distinct deliveries on the source topic. */
  readonly in: number;
  /** Distinct deliveries with activity. */
  readonly handled: number;
  /** Handler attempts beyond the first. */
  readonly retried: number;
  /** Distinct deliveries that waited on the retry topic for a later round, or behind one of their key that did. */
  readonly parked: number;
  /** Distinct deliveries that were dead letters at some time. */
  readonly deadLettered: number;
  /** Distinct deliveries that were brought back. */
  readonly redriven: number;
  /** Dead letters that nobody has dealt with. */
  readonly stillOpen: number;
  /** in - handled - stillOpen; anything but 0 is a fault. */
  readonly missing: number;
  /** Activity beyond one entry a delivery: work repeated after a kill between handling and commit. */
  readonly duplicates: number;
  /** Deliveries published twice: a kill between storing and noticing. */
  readonly publishedTwice: number;
  readonly keys: number;
  readonly largestKey: string;
  /** Share of the handled deliveries. */
  readonly largestKeyShare: number;
  /** Handlers at work at once, at most. */
  readonly concurrencyReached: number;
  /** First handlings of a key that came out of the order of its source offsets; anything but 0 is a fault. */
  readonly outOfOrder: number;
  /** From the first one published to the last one handled, without the redriven; so are the latencies, from published to handled. */
  readonly recordsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly events: Readonly<Record<string, number>>;
  readonly repositories: Readonly<Record<string, number>>;
}

/** Reads source, activity, dead-letter and retry topics from beginning to end and adds up. */
export async function summarise(kafka: Kafka, topics: JobTopics): Promise<Summary> {
  const published = await countPublished(kafka, topics);
  const activity = await readActivity(kafka, topics);
  const letters = await countLetters(kafka, topics);
  const returned = await countReturned(kafka, topics);
  const first = new Map<string, Activity>();
  for (const entry of activity) if (!first.has(entry.delivery)) first.set(entry.delivery, entry);
  const handled = [...first.values()];
  const repositories = countBy(handled, (entry) => entry.repository);
  const [largestKey = "", largest = 0] = Object.entries(repositories)[0] ?? [];
  const prompt = handled.filter(({ redrives }) => redrives === 0);
  const latencies = prompt.map((entry) => entry.handledAt - entry.publishedAt);
  const span = Math.max(1, maximum(prompt.map((entry) => entry.handledAt)) - minimum(prompt.map((entry) => entry.publishedAt)));
  return {
    in: published.distinct,
    handled: handled.length,
    retried: handled.reduce((sum, entry) => sum + entry.attempts - 1, 0) + letters.retried,
    parked: returned.parked,
    deadLettered: letters.total,
    redriven: returned.redriven,
    stillOpen: letters.open,
    missing: published.distinct - handled.length - letters.open,
    duplicates: activity.length - handled.length,
    publishedTwice: published.total - published.distinct,
    keys: Object.keys(repositories).length,
    largestKey,
    largestKeyShare: handled.length === 0 ? 0 : largest / handled.length,
    concurrencyReached: maximum(activity.map(({ running }) => running)),
    outOfOrder: countOutOfOrder(handled),
    recordsPerSecond: Math.round((prompt.length * 1000) / span),
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    events: countBy(handled, (entry) => entry.event),
    repositories,
  };
}

async function countPublished(kafka: Kafka, topics: JobTopics): Promise<{ readonly total: number; readonly distinct: number }> {
  const codec = kafka.codec(topics.deliveries);
  const ids = new Set<string>();
  let total = 0;
  for await (const record of readTopics(kafka, [topics.deliveries.name])) {
    const delivery = await decodeValue(codec, record);
    if (delivery === null) continue;
    total++;
    ids.add(delivery.id);
  }
  return { total, distinct: ids.size };
}

async function readActivity(kafka: Kafka, topics: JobTopics): Promise<readonly Activity[]> {
  const codec = kafka.codec(topics.activity);
  const activity: Activity[] = [];
  for await (const record of readTopics(kafka, [topics.activity.name])) {
    const entry = await decodeValue(codec, record);
    if (entry !== null) activity.push(entry);
  }
  return activity;
}

async function countLetters(kafka: Kafka, topics: JobTopics): Promise<{ total: number; open: number; retried: number }> {
  const counts = { total: 0, open: 0, retried: 0 };
  const letters = readDeadLetters({ kafka, topic: topics.deliveries.name, group: topics.group, states: ["open", "redriven", "discarded"] });
  for await (const { letter, state } of letters) {
    counts.total++;
    if (state === "open") counts.open++;
    counts.retried += Math.max(0, letter.attempts - letter.redrives - 1);
  }
  return counts;
}

async function countReturned(kafka: Kafka, topics: JobTopics): Promise<{ readonly parked: number; readonly redriven: number }> {
  const parked = new Set<string>();
  const redriven = new Set<string>();
  for await (const record of readTopics(kafka, [retryTopicName(topics.deliveries.name, topics.group)])) {
    const story = readStory(record);
    if (story === undefined) continue;
    const delivery = `${story.origin.partition}/${story.origin.offset}`;
    if (story.parked !== undefined) parked.add(delivery);
    if (story.redrives > 0) redriven.add(delivery);
  }
  return { parked: parked.size, redriven: redriven.size };
}

// Activity of one key lies in one partition, in the order in which it was handled. What came back through the retry topic has an order of its own.
function countOutOfOrder(handled: readonly Activity[]): number {
  const last = new Map<string, number>();
  let outOfOrder = 0;
  for (const entry of handled) {
    if (entry.redrives > 0) continue;
    const key = `${entry.repository}/${entry.sourcePartition}`;
    if (entry.sourceOffset < (last.get(key) ?? -1)) outOfOrder++;
    last.set(key, Math.max(entry.sourceOffset, last.get(key) ?? -1));
  }
  return outOfOrder;
}

function countBy(entries: readonly Activity[], keyOf: (entry: Activity) => string): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const entry of entries) counts.set(keyOf(entry), (counts.get(keyOf(entry)) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function maximum(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}

function minimum(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
}
