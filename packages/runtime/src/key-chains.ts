/** Something that waits its turn behind others of its key. */
export interface Chained {
  /** Those with the same number wait for each other; null: waits for nobody. */
  readonly chain: number | null;
  behind: Chained | null;
}

/** Lines up tasks of one key behind each other. Per key, a task is free only when the one before it has left. */
export class KeyChains<Task extends Chained> {
  readonly #last = new Map<number, Task>();

  /** Keys with a task that has not left. */
  get size(): number {
    return this.#last.size;
  }

  /** Lines a task up; true when it is free at once. */
  enter(task: Task): boolean {
    if (task.chain === null) return true;
    const last = this.#last.get(task.chain);
    this.#last.set(task.chain, task);
    if (last === undefined) return true;
    last.behind = task;
    return false;
  }

  /** Takes a free task out; answers the task that is free now, if there is one. */
  leave(task: Task): Task | null {
    if (task.chain === null) return null;
    const next = task.behind as Task | null;
    task.behind = null;
    if (next === null) this.#last.delete(task.chain);
    return next;
  }
}

/**
 * The chain of a key. Two keys in four billion have the same one and wait for each other, too: that costs less than to keep every key's bytes as text.
 * FNV-1a, 32 bits.
 */
export function chainOfKey(key: Buffer): number {
  let hash = -2_128_831_035;
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ (key[index] as number), 16_777_619);
  return hash;
}
