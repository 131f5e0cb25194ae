import type { Cancel, Clock } from "@millrace/core";
import type { TopicSelection } from "./topic-selection.ts";

/** A topic that does not exist yet is looked for more often. */
const missingTopicMs = 3_000;

/** Looks from time to time whether topics came or have grown: new partitions reach a group only when a member notices and joins again. */
export class TopicWatch {
  readonly #topics: TopicSelection;
  readonly #maxAgeMs: number;
  readonly #clock: Clock;
  readonly #onChange: () => void;
  readonly #counts: ReadonlyMap<string, number>;
  #cancel: Cancel | undefined;
  #stopped = false;

  constructor(options: {
    readonly topics: TopicSelection;
    /** Time between two looks. */
    readonly maxAgeMs: number;
    readonly clock: Clock;
    readonly onTopicsChanged: () => void;
  }) {
    this.#topics = options.topics;
    this.#maxAgeMs = options.maxAgeMs;
    this.#clock = options.clock;
    this.#onChange = options.onTopicsChanged;
    this.#counts = options.topics.partitionCounts;
    this.#schedule();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  #schedule(): void {
    const pauseMs = this.#topics.isIncomplete ? Math.min(missingTopicMs, this.#maxAgeMs) : this.#maxAgeMs;
    this.#cancel = this.#clock.schedule(pauseMs, () => void this.#look());
  }

  async #look(): Promise<void> {
    const isAnswered = await this.#topics.look().then(
      () => true,
      () => false,
    );
    if (this.#stopped) return;
    if (isAnswered && this.#hasChanged()) this.#onChange();
    else this.#schedule();
  }

  // A topic that shrinks was deleted and made again, or is out of sight for a moment; what a pattern no longer matches was deleted.
  #hasChanged(): boolean {
    const now = this.#topics.partitionCounts;
    return (
      [...now].some(([topic, count]) => count > (this.#counts.get(topic) ?? 0)) || [...this.#counts.keys()].some((topic) => !now.has(topic))
    );
  }
}
