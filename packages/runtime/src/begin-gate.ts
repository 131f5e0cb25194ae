import type { ClaimWork } from "./claim-work.ts";
import type { RecordTask } from "./record-task.ts";

/** Holds tasks back that were about to begin, while their partitions are paused. */
export class BeginGate {
  readonly #begin: (task: RecordTask) => void;
  readonly #held = new Map<ClaimWork, RecordTask[]>();
  readonly #watched = new WeakSet<ClaimWork>();
  #isClosed: ((partition: number) => boolean) | undefined;

  /** @param begin lines a task up again that was held */
  constructor(begin: (task: RecordTask) => void) {
    this.#begin = begin;
  }

  /** From now on nothing begins on the partitions for which this is true; what was held for others begins. Undefined: everything does. */
  close(isClosed: ((partition: number) => boolean) | undefined): void {
    this.#isClosed = isClosed;
    const held = [...this.#held.values()].flat();
    this.#held.clear();
    for (const task of held) this.#begin(task);
  }

  /** Whether the task must not begin now: then it is kept until it may, or its partition goes. */
  holds(task: RecordTask): boolean {
    if (this.#isClosed === undefined) return false;
    const { work } = task;
    if (work.isDraining || !this.#isClosed(work.claim.partition)) return false;
    const held = this.#held.get(work);
    if (held === undefined) this.#held.set(work, [task]);
    else held.push(task);
    if (!this.#watched.has(work)) {
      this.#watched.add(work);
      work.draining.addEventListener("abort", () => this.#release(work), { once: true });
    }
    return true;
  }

  #release(work: ClaimWork): void {
    const held = this.#held.get(work) ?? [];
    this.#held.delete(work);
    for (const task of held) this.#begin(task);
  }
}
