import type { Cancel, Clock } from "@millrace/core";
import type { DriverConsumerSettings } from "@millrace/kafka";
import type { Cluster } from "../cluster/cluster.ts";

const maxAgeMs = 60_000;
/** A topic that does not exist yet is looked for more often. */
const missingTopicMs = 3_000;

/** Looks from time to time whether topics have grown: new partitions reach a group only when a member notices and joins again. */
export class TopicWatch {
  readonly #cluster: Pick<Cluster, "topic" | "refresh">;
  readonly #topics: readonly string[];
  readonly #clock: Clock;
  readonly #onChange: () => void;
  readonly #counts: ReadonlyMap<string, number>;
  #cancel: Cancel | undefined;
  #stopped = false;

  constructor(options: {
    readonly cluster: Pick<Cluster, "topic" | "refresh">;
    readonly settings: Pick<DriverConsumerSettings, "topics">;
    readonly clock: Clock;
    readonly onTopicsChanged: () => void;
  }) {
    this.#cluster = options.cluster;
    this.#topics = options.settings.topics;
    this.#clock = options.clock;
    this.#onChange = options.onTopicsChanged;
    this.#counts = this.#count();
    this.#schedule();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  #count(): ReadonlyMap<string, number> {
    return new Map(this.#topics.map((topic) => [topic, this.#cluster.topic(topic)?.partitions.length ?? 0]));
  }

  #schedule(): void {
    const isMissing = [...this.#counts.values()].includes(0);
    this.#cancel = this.#clock.schedule(isMissing ? missingTopicMs : maxAgeMs, () => void this.#look());
  }

  async #look(): Promise<void> {
    await this.#cluster.refresh().catch(() => {});
    if (this.#stopped) return;
    const hasGrown = [...this.#count()].some(([topic, count]) => count > (this.#counts.get(topic) ?? 0));
    if (hasGrown) this.#onChange();
    else this.#schedule();
  }
}
