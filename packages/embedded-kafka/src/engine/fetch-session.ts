import { errorCodes, type RequestTypes } from "@millrace/protocol";
import type { PartitionRead } from "./fetch-read.ts";

type AskedTopic = RequestTypes["Fetch"]["topics"][number];
type ForgottenTopic = RequestTypes["Fetch"]["forgottenTopicsData"][number];

interface SessionPartition {
  readonly topic: string;
  readonly topicId: string;
  asked: AskedTopic["partitions"][number];
  /** As the client knows them; -1 when it has to be told whatever they are. */
  highWatermark: number;
  logStartOffset: number;
}

const largestEpoch = 0x7fffffff;

/** What a client reads, kept by the broker so that the client need not say it each time (KIP-227). */
export class FetchSession {
  readonly id: number;
  readonly nodeId: number | undefined;
  /** From version 13 on topics are named by their ids; a session stays with what it began with. */
  readonly usesTopicIds: boolean;
  lastUsedMs: number;
  #epoch = 1;
  readonly #partitions = new Map<string, SessionPartition>();

  constructor(options: {
    readonly id: number;
    readonly nodeId: number | undefined;
    readonly usesTopicIds: boolean;
    readonly nowMs: number;
  }) {
    this.id = options.id;
    this.nodeId = options.nodeId;
    this.usesTopicIds = options.usesTopicIds;
    this.lastUsedMs = options.nowMs;
  }

  /** Which epoch the next request has to have. */
  get epoch(): number {
    return this.#epoch;
  }

  get size(): number {
    return this.#partitions.size;
  }

  /** A request has been taken. */
  advance(nowMs: number): void {
    this.#epoch = this.#epoch === largestEpoch ? 1 : this.#epoch + 1;
    this.lastUsedMs = nowMs;
  }

  /** Adds partitions, and gives those that are known their new offsets and limits. */
  update(topics: readonly AskedTopic[]): void {
    for (const { topic, topicId, partitions } of topics) {
      for (const asked of partitions) {
        const key = this.#keyOf(topic, topicId, asked.partition);
        const known = this.#partitions.get(key);
        if (known === undefined) this.#partitions.set(key, { topic, topicId, asked, highWatermark: -1, logStartOffset: -1 });
        else known.asked = asked;
      }
    }
  }

  forget(topics: readonly ForgottenTopic[]): void {
    for (const { topic, topicId, partitions } of topics) {
      for (const partition of partitions) this.#partitions.delete(this.#keyOf(topic, topicId, partition));
    }
  }

  /** Everything that the client reads, in the order in which it gets it. */
  topics(): AskedTopic[] {
    const topics: AskedTopic[] = [];
    for (const { topic, topicId, asked } of this.#partitions.values()) {
      const last = topics.at(-1);
      if (last !== undefined && last.topic === topic && last.topicId === topicId) last.partitions.push(asked);
      else topics.push({ topic, topicId, partitions: [asked] });
    }
    return topics;
  }

  /**
   * Of what was read for `topics()`, what the client has to be told, and remembers that it was. Partitions that gave records go to the end, so
   * that the others have their turn.
   */
  news(reads: readonly PartitionRead[]): ReadonlySet<PartitionRead> {
    const news = new Set<PartitionRead>();
    for (const [index, [key, known]] of [...this.#partitions].entries()) {
      const read = reads[index]!;
      const { errorCode, highWatermark, logStartOffset, divergingEpoch } = read;
      const failed = errorCode !== errorCodes.NONE || divergingEpoch !== undefined;
      const changed = highWatermark !== known.highWatermark || logStartOffset !== known.logStartOffset;
      if (failed || changed || read.slices.length > 0) news.add(read);
      // An error is told until it is over, and the end of it too.
      known.highWatermark = failed ? -1 : highWatermark;
      known.logStartOffset = logStartOffset;
      if (read.slices.length === 0) continue;
      this.#partitions.delete(key);
      this.#partitions.set(key, known);
    }
    return news;
  }

  #keyOf(topic: string, topicId: string, partition: number): string {
    return `${this.usesTopicIds ? topicId : topic} ${partition}`;
  }
}
