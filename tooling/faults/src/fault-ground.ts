import type { Clock, Random } from "@millrace/core";
import type { Kafka } from "@millrace/kafka";

/** A record that a cluster holds, as somebody sees it whom no fault concerns. */
export interface StoredRecord {
  readonly partition: number;
  readonly offset: number;
  readonly value: string;
}

/** How patient clients are on a ground, in milliseconds. */
export interface GroundTiming {
  readonly requestTimeoutMs: number;
  readonly deliveryTimeoutMs: number;
  readonly sessionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  readonly rebalanceTimeoutMs: number;
  /** By how much timers may be late: nothing in virtual time, and a lot on a machine that is busy with other work. */
  readonly slackMs: number;
  /** How long the load of a schedule lasts. */
  readonly loadMs: number;
  /** How long everything may take to come to rest once the weather is good again. */
  readonly restMs: number;
}

/** Bad weather: faults that come and go until it is ended. */
export interface Weather {
  /** Ends it and undoes everything. Gives how often each kind of fault has struck. */
  end(): Promise<Readonly<Record<string, number>>>;
}

/** A cluster with a driver before it, and the means to make both suffer. One schedule has it for itself. */
export interface FaultGround {
  readonly clock: Clock;
  readonly timing: GroundTiming;
  /** Brokers that hold a copy of each partition. */
  readonly replicas: number;
  /** A connection that suffers. */
  connect(random: Random): Kafka;
  /** Lets it rain on topics, at random. */
  startWeather(topics: readonly string[], partitions: number, random: Random): Weather;
  /** The records of a topic, in offset order of each partition. */
  records(topic: string, isolation: "read_committed" | "read_uncommitted"): Promise<readonly StoredRecord[]>;
  /** Offsets that a group has committed, by partition. */
  committed(group: string, topic: string): Promise<ReadonlyMap<number, number>>;
  /** Ends the ground. @throws Error when something is left of the clients: connections, timers */
  close(): Promise<void>;
}

/** Runs a whole schedule on a ground: virtual time has to be moved by somebody. */
export type Drive = <T>(work: Promise<T>) => Promise<T>;

export function below(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}

/** A number from one to the other. */
export function between(random: Random, least: number, most: number): number {
  return least + below(random, most - least + 1);
}
