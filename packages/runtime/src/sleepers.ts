import type { Clock } from "@millrace/core";
import type { ClaimWork } from "./claim-work.ts";
import type { RecordTask } from "./record-task.ts";
import type { RuntimeError } from "./runtime-error.ts";

/** Tasks that wait between attempts: for what is to be tried again, until its partition goes or somebody overrules them. */
export class Sleepers {
  readonly #clock: Clock;
  readonly #wakes = new Map<RecordTask, () => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#wakes.size;
  }

  /** Resolves after so many milliseconds, or earlier when the task's partition is going or it is overruled. */
  sleep(task: RecordTask, delayMs: number): Promise<void> {
    const { draining, isDraining } = task.work;
    if (isDraining) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel();
        draining.removeEventListener("abort", wake);
        this.#wakes.delete(task);
        resolve();
      };
      const cancel = this.#clock.schedule(delayMs, wake);
      draining.addEventListener("abort", wake);
      this.#wakes.set(task, wake);
    });
  }

  /** The task of this record, if it waits for its next attempt. */
  find(work: ClaimWork, offset: number): RecordTask | undefined {
    for (const task of this.#wakes.keys()) if (task.isBetweenAttempts && task.work === work && task.record.offset === offset) return task;
    return undefined;
  }

  /** Ends a task's wait: instead of a further attempt, this failure counts. */
  overrule(task: RecordTask, error: RuntimeError): void {
    task.overruled = error;
    this.#wakes.get(task)?.();
  }
}
