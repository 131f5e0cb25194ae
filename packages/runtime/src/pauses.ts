/** Which partitions are paused: whole topics, with exceptions, or some of their partitions. Kept by name, so that a rebalance changes nothing. */
export class Pauses {
  readonly #topics = new Map<string, { rest: boolean; readonly partitions: Map<number, boolean> }>();

  /** Whether anything of the topic may be paused. */
  touches(topic: string): boolean {
    return this.#topics.has(topic);
  }

  isPaused(topic: string, partition: number): boolean {
    const entry = this.#topics.get(topic);
    return entry !== undefined && (entry.partitions.get(partition) ?? entry.rest);
  }

  pause(topic: string, partition?: number): void {
    if (partition === undefined) this.#topics.set(topic, { rest: true, partitions: new Map() });
    else this.#set(topic, partition, true);
  }

  resume(topic: string, partition?: number): void {
    if (partition === undefined) this.#topics.delete(topic);
    else if (this.#topics.has(topic)) this.#set(topic, partition, false);
  }

  #set(topic: string, partition: number, isPaused: boolean): void {
    const entry = this.#topics.get(topic) ?? { rest: false, partitions: new Map<number, boolean>() };
    if (isPaused === entry.rest) entry.partitions.delete(partition);
    else entry.partitions.set(partition, isPaused);
    if (!entry.rest && entry.partitions.size === 0) this.#topics.delete(topic);
    else this.#topics.set(topic, entry);
  }
}
