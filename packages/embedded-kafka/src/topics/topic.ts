import type { Partition } from "./partition.ts";
import { listItems, topicConfigs } from "./topic-config.ts";

/** One topic. A topic that is deleted and made again is another one, with another id. */
export class Topic {
  readonly name: string;
  /** 22 characters of base64url. */
  readonly id: string;
  readonly partitions: Partition[];
  #configs: ReadonlyMap<string, string>;
  /** The broker's own defaults where they differ from Kafka's. */
  readonly #defaults: ReadonlyMap<string, string>;

  constructor(options: {
    readonly name: string;
    readonly id: string;
    readonly partitions: Partition[];
    readonly configs: ReadonlyMap<string, string>;
    readonly defaults: ReadonlyMap<string, string>;
  }) {
    this.name = options.name;
    this.id = options.id;
    this.partitions = options.partitions;
    this.#configs = options.configs;
    this.#defaults = options.defaults;
  }

  /** What was set for this topic alone. Replaced as a whole when it changes. */
  get configs(): ReadonlyMap<string, string> {
    return this.#configs;
  }

  set configs(configs: ReadonlyMap<string, string>) {
    this.#configs = configs;
    for (const partition of this.partitions) partition.reviewCommitted();
  }

  config(name: string): string | undefined {
    return this.configs.get(name) ?? this.#defaults.get(name) ?? topicConfigs[name]?.defaultValue;
  }

  numberConfig(name: string): number {
    return Number(this.config(name));
  }

  /** What Kafka calls `cleanup.policy`; a topic may have both, or neither. */
  cleansBy(policy: "compact" | "delete"): boolean {
    return listItems(this.config("cleanup.policy") ?? "").includes(policy);
  }
}
