import type { Random } from "@millrace/core";
import { randomUuid } from "../engine/random-id.ts";
import { LogMemory } from "../log/log-memory.ts";
import { isInternalTopic } from "./internal-topics.ts";
import { Partition } from "./partition.ts";
import { Topic } from "./topic.ts";
import { collisionKey } from "./topic-name.ts";

const rememberedNames = 1_000;

/** A topic to make. Its name and configs have been checked. */
export interface NewTopic {
  readonly name: string;
  readonly partitions: number;
  readonly configs?: ReadonlyMap<string, string>;
  /** Replicas of each partition, its leader first. @default the nodes in turn */
  readonly replicas?: readonly (readonly number[])[];
  /** Replicas of each partition that is not in `replicas`. @default the registry's */
  readonly replicationFactor?: number | undefined;
}

/** The nodes that can hold partitions. */
export interface ReplicaNodes {
  readonly ids: readonly number[];
  isRunning(id: number): boolean;
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
  /** Names of topics that were deleted and that nobody has asked for since, the oldest first. */
  readonly #deleted = new Set<string>();
  readonly #nodes: ReplicaNodes;
  readonly #defaultReplicationFactor: number;
  readonly #random: Random;
  #placed = 0;
  readonly #producerExpirationMs: () => number;

  constructor(options: {
    readonly nodes: ReplicaNodes;
    readonly defaultReplicationFactor: number;
    readonly random: Random;
    readonly producerExpirationMs: () => number;
    readonly defaultConfigs: ReadonlyMap<string, string>;
  }) {
    this.#nodes = options.nodes;
    this.#defaultReplicationFactor = options.defaultReplicationFactor;
    this.#random = options.random;
    this.#producerExpirationMs = options.producerExpirationMs;
    this.defaultConfigs = options.defaultConfigs;
  }

  /** Partitions of all topics but the broker's own. */
  get partitionCount(): number {
    let count = 0;
    for (const topic of this.#byName.values()) if (!isInternalTopic(topic.name)) count += topic.partitions.length;
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

  /** Whether a topic of this name was deleted. Says so once, until it is deleted again. */
  takeDeleted(name: string): boolean {
    return this.#deleted.delete(name);
  }

  create(topic: NewTopic): Topic {
    const created = new Topic({
      name: topic.name,
      id: randomUuid(this.#random),
      partitions: [],
      configs: topic.configs ?? new Map(),
      defaults: this.defaultConfigs,
    });
    this.addPartitions(created, topic.partitions, topic);
    this.#deleted.delete(created.name);
    this.#byName.set(created.name, created);
    this.#byId.set(created.id, created);
    this.#collisions.set(collisionKey(created.name), created.name);
    return created;
  }

  /** Makes the topic `count` partitions large; the ones it has stay as they are. */
  addPartitions(
    topic: Topic,
    count: number,
    { replicas = [], replicationFactor }: Pick<NewTopic, "replicas" | "replicationFactor"> = {},
  ): void {
    const existing = topic.partitions.length;
    const factor = replicationFactor ?? topic.partitions[0]?.replicas.length ?? this.#defaultReplicationFactor;
    for (let index = existing; index < count; index++) {
      const assigned = replicas[index - existing] ?? this.#place(factor);
      const { memory } = this;
      const minInSync = (): number => topic.numberConfig("min.insync.replicas");
      const producerExpirationMs = this.#producerExpirationMs;
      topic.partitions.push(
        new Partition({
          topicName: topic.name,
          index,
          replicas: assigned,
          isRunning: this.#isRunning,
          minInSync,
          producerExpirationMs,
          memory,
        }),
      );
    }
  }

  readonly #isRunning = (nodeId: number): boolean => this.#nodes.isRunning(nodeId);

  /** The nodes in turn, from one partition to the next; those that are stopped only where the others are not enough. */
  #place(factor: number): number[] {
    const running = this.#nodes.ids.filter(this.#isRunning);
    const stopped = this.#nodes.ids.filter((id) => !running.includes(id));
    const first = this.#placed++ % running.length;
    return [...running.slice(first), ...running.slice(0, first), ...stopped].slice(0, factor);
  }

  delete(topic: Topic): void {
    this.#byName.delete(topic.name);
    this.#byId.delete(topic.id);
    this.#collisions.delete(collisionKey(topic.name));
    this.#deleted.add(topic.name);
    const [oldest] = this.#deleted;
    if (this.#deleted.size > rememberedNames) this.#deleted.delete(oldest!);
    for (const { log } of topic.partitions) log.release();
  }
}
