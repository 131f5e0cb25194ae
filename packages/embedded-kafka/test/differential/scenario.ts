import type { ApiName, ErrorName, MessageInput, RequestTypes, ResponseTypes } from "@millrace/protocol";
import type { Connection } from "./connection.ts";
import type { Recorded } from "./normaliser.ts";

/** One script, played to a broker. What it records must be the same on every right broker. */
export interface Scenario {
  /** A sentence of behaviour, unique. */
  readonly name: string;
  /** The awkward cases of the Kafka protocol that it shows, by their numbers in `awkward-cases.ts`. */
  readonly cases?: readonly number[];
  /** What has to appear in the recording: without it the scenario does not show what it is for. */
  readonly shows: readonly (ErrorName | "connection closed" | (string & {}))[];
  run(stage: Stage): Promise<void>;
}

/** One entry of a recording. */
export interface Step {
  readonly label: string;
  readonly answer: Recorded;
}

/** A topic that was made for the scenario. */
export interface StagedTopic {
  readonly name: string;
  readonly id: string;
}

/** A broker as a scenario sees it. Names are unique to the run, and the same on both brokers. */
export interface Stage {
  readonly main: Connection;
  /** What the scenario's own timestamps count from: an hour ago, so that nothing expires. */
  readonly baseTime: number;
  /** Shortest session that the broker lets a member have. */
  readonly shortestSessionMs: number;
  /** Keys of the APIs that both brokers serve. */
  readonly apiKeys: ReadonlySet<number>;
  name(suffix: string): string;
  connect(): Promise<Connection>;
  /** Asks and records the answer. A connection that is closed instead fails the scenario. */
  ask<Api extends ApiName>(
    label: string,
    api: Api,
    version: number,
    body: MessageInput<RequestTypes[Api]>,
    connection?: Connection,
  ): Promise<ResponseTypes[Api]>;
  /** Asks on a connection of its own and records the answer, or that the connection was closed. */
  askAlone<Api extends ApiName>(
    label: string,
    api: Api,
    version: number,
    body: MessageInput<RequestTypes[Api]>,
  ): Promise<ResponseTypes[Api] | undefined>;
  /** Writes bytes on a connection of its own and records that the broker closes it; without, how many bytes the next frame has. */
  closes(label: string, write: (connection: Connection) => void): Promise<void>;
  /** Waits until what was sent on other connections has very likely been read by the broker: a few round trips long. */
  settle(): Promise<void>;
  record(label: string, value: unknown): void;
  /** Makes a topic and waits until it can be used. */
  topic(
    suffix: string,
    options?: { readonly partitions?: number; readonly configs?: Readonly<Record<string, string>> },
  ): Promise<StagedTopic>;
  /** Waits until the group's coordinator answers. */
  group(suffix: string): Promise<string>;
  /** Asks without recording until the answer is as wanted; what the answer was then. */
  until<Answer>(what: string, ask: () => Promise<Answer>, wanted: (answer: Answer) => boolean): Promise<Answer>;
}
