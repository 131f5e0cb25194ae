import type { Cancel, Clock } from "@millrace/core";

/** Why a membership no longer stands as it was. */
export type MembershipChange = "rebalance" | "lost";

/** What `Heartbeats` needs. */
export interface HeartbeatsOptions {
  readonly clock: Clock;
  readonly intervalMs: number;
  readonly sessionTimeoutMs: number;
  readonly beat: () => Promise<"alive" | MembershipChange>;
  readonly onChange: (change: MembershipChange) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Beats in its own time, whatever handlers do, and tells the first change. Without any answer for a whole session the membership counts as lost: the
 * broker has given it to others by then.
 */
export class Heartbeats {
  readonly #options: HeartbeatsOptions;
  #cancel: Cancel | undefined;
  #lastAnswer: number;
  #stopped = false;

  constructor(options: HeartbeatsOptions) {
    this.#options = options;
    this.#lastAnswer = options.clock.monotonic();
    this.#schedule(options.intervalMs);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  #schedule(delayMs: number): void {
    if (this.#stopped) return;
    this.#cancel = this.#options.clock.schedule(delayMs, () => void this.#beat());
  }

  async #beat(): Promise<void> {
    const { clock, intervalMs, sessionTimeoutMs, beat, onChange, onError } = this.#options;
    let pauseMs = intervalMs;
    try {
      const answer = await beat();
      if (this.#stopped) return;
      this.#lastAnswer = clock.monotonic();
      // Beats go on during a rebalance: they keep the session alive until the group is joined again.
      if (answer !== "alive") onChange(answer);
      if (answer === "lost") return this.stop();
    } catch (error) {
      if (this.#stopped) return;
      onError(error);
      pauseMs = Math.min(intervalMs, 500);
      if (clock.monotonic() - this.#lastAnswer >= sessionTimeoutMs) {
        onChange("lost");
        return this.stop();
      }
    }
    this.#schedule(pauseMs);
  }
}
