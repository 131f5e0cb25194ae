import type { Cancel, Clock } from "@millrace/core";

/** How long a rebalance waits for members to join. */
export class JoinWindow {
  readonly #clock: Clock;
  readonly #ended: () => void;
  #cancel: Cancel | undefined;
  #firstStep: { memberCame: boolean } | undefined;

  /** `ended` runs when the time is over. */
  constructor(clock: Clock, ended: () => void) {
    this.#clock = clock;
    this.#ended = ended;
  }

  /** Whether it waits for the first members of a group to gather, however many have come. */
  get isGathering(): boolean {
    return this.#firstStep !== undefined;
  }

  open(timeoutMs: number): void {
    this.close();
    this.#cancel = this.#clock.schedule(timeoutMs, this.#ended);
  }

  /** Waits in steps: each one in which a member came is followed by another, until `timeoutMs` has passed. */
  openInSteps(stepMs: number, timeoutMs: number): void {
    this.close();
    const step = { memberCame: false };
    this.#firstStep = step;
    this.#cancel = this.#clock.schedule(Math.min(stepMs, timeoutMs), () => {
      if (step.memberCame && timeoutMs > stepMs) {
        this.openInSteps(stepMs, timeoutMs - stepMs);
        return;
      }
      this.#firstStep = undefined;
      this.#ended();
    });
  }

  memberCame(): void {
    if (this.#firstStep !== undefined) this.#firstStep.memberCame = true;
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#firstStep = undefined;
  }
}
