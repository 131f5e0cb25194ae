import type { Clock, Random } from "@millrace/core";
import type { BrokerEngine } from "@millrace/embedded-kafka";
import type { Kafka } from "@millrace/kafka";
import type { Mortal, MortalOptions } from "./mortal.ts";

/** Where a schedule is played: a broker of its own, how clients reach it, and a clock. */
export interface ChaosGround {
  readonly engine: BrokerEngine;
  readonly clock: Clock;
  /** How long a millisecond of a schedule takes. */
  readonly pace: number;
  /** A connection that nothing befalls. */
  connect(random: Random): Kafka;
  mortal(options: MortalOptions): Mortal;
  /** Ends what is left of a dead one, where that keeps anything of the machine. */
  bury(end: () => Promise<void>): void;
  /** Lets time pass. */
  pass(durationMs: number): Promise<void>;
  /** Lets time pass until a promise settles or a condition is true, at most `limitMs`. */
  until<T>(goal: Promise<T>, options?: UntilOptions): Promise<T>;
  until(goal: () => boolean, options?: UntilOptions): Promise<void>;
  /** How long, at most, nothing could happen on this machine. Clocks went on, so that more may have timed out than the schedule wanted. */
  readonly longestStallMs: number;
  close(): Promise<void>;
}

/** What is waited for, and how long: ten minutes unless said. */
export interface UntilOptions {
  readonly what?: string;
  readonly limitMs?: number;
}

export type MakeGround = (random: Random) => ChaosGround | Promise<ChaosGround>;
