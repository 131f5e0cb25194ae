import type { Random } from "@millrace/core";
import { randomUuid } from "../engine/random-id.ts";
import { LogMemory } from "../log/log-memory.ts";
import { Partition } from "./partition.ts";
import { Topic } from "./topic.ts";
import { collisionKey } from "./topic-name.ts";

/** A topic to make. Its name and configs have been checked. */
export interface NewTopic {
  readonly name: string;
  readonly partitions: number;
  readonly configs?: ReadonlyMap<string, string>;
  /** Leader of each partition. @default the nodes in turn */
  readonly leaderIds?: readonly number[];
}

/** All topics of the cluster. */
export class TopicRegistry {
  /** What a topic has unless it is made with something else, where that is not Kafka's default. */
  readonly defaultConfigs: ReadonlyMap<string, string>;
  /** What all their logs hold. */
  readonly memory: LogMemory = new LogMemory();
  readonly #byName = new Map<string, Topic>();
  readonly #byId = new Map<string, Topic>();
  readonly #collisions = new Map<string, string>();
  readonly #nodeIds: readonly number[];
  readonly #random: Random;
  readonly #producerExpirationMs: number;

  constructor(options: {
    readonly nodeIds: readonly number[];
    readonly random: Random;
    readonly producerExpirationMs: number;
    readonly defaultConfigs: ReadonlyMap<string, string>;
  }) {
    this.#nodeIds = options.nodeIds;
    this.#random = options.random;
    this.#producerExpirationMs = options.producerExpirationMs;
    this.defaultConfigs = options.defaultConfigs;
  }

  get partitionCount(): number {
    let count = 0;
    for (const topic of this.#byName.values()) count += topic.partitions.length;
    return count;
  }

  all(): Iterable<Topic> {
    return this.#byName.values();
  }

  named(name: string): Topic | undefined {
    return this.#byName.get(name);
  }

  withId(id: string): Topic | undefined {
    return this.#byId.get(id);
  }

  partition(name: string, index: number): Partition | undefined {
    return this.#byName.get(name)?.partitions[index];
  }

  /** The topic whose name cannot stand beside this one because they differ only in `.` and `_`. */
  collidingWith(name: string): string | undefined {
    const other = this.#collisions.get(collisionKey(name));
    return other === name ? undefined : other;
  }

  create(topic: NewTopic): Topic {
    const created = new Topic({
      name: topic.name,
      id: randomUuid(this.#random),
      partitions: [],
      configs: topic.configs ?? new Map(),
      defaults: this.defaultConfigs,
    });
    this.addPartitions(created, topic.partitions, topic.leaderIds);
    this.#byName.set(created.name, created);
    this.#byId.set(created.id, created);
    this.#collisions.set(collisionKey(created.name), created.name);
    return created;
  }

  /** Makes the topic `count` partitions large; the ones it has stay as they are. */
  addPartitions(topic: Topic, count: number, leaderIds: readonly number[] = []): void {
    const existing = topic.partitions.length;
    for (let index = existing; index < count; index++) {
      const leaderId = leaderIds[index - existing] ?? this.#nodeIds[index % this.#nodeIds.length]!;
      const { memory } = this;
      const producerExpirationMs = this.#producerExpirationMs;
      topic.partitions.push(new Partition({ topicName: topic.name, index, leaderId, producerExpirationMs, memory }));
    }
  }

  delete(topic: Topic): void {
    this.#byName.delete(topic.name);
    this.#byId.delete(topic.id);
    this.#collisions.delete(collisionKey(topic.name));
    for (const { log } of topic.partitions) log.release();
  }
}
