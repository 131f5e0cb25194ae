import { connect } from "node:net";
import type { Random } from "@millrace/core";
import { type ISocketFactory, Kafka, logLevel } from "kafkajs";
import { FrameReader } from "../../src/shell/frame-reader.ts";

/** What a round of the soak is told. */
export interface SoakPlan {
  readonly brokers: readonly string[];
  readonly seed: number;
  readonly durationMs: number;
}

/** The names of a round. Transactional ids stay from round to round, as those of real programs do. */
export function soakNames({ seed }: { readonly seed: number }) {
  return {
    plain: `plain-${seed}`,
    transactional: `transactional-${seed}`,
    group: `group-${seed}`,
    offsets: `offsets-${seed}`,
    view: `view-${seed}`,
  };
}

/** Partitions of each of the round's topics. */
export const soakPartitions = 3;

/** The clients that faults strike. */
export const shaken = "shaken";

/** What the clients have seen. The values of a transaction are its name and a number. */
export interface SoakFindings {
  readonly acknowledged: readonly string[];
  /** Of the acknowledged ones, those of an idempotent producer. */
  readonly once: readonly string[];
  readonly transactions: readonly SoakTransaction[];
  /** What a `read_committed` consumer found. */
  readonly view: readonly string[];
  readonly rebalances: number;
  readonly topicsDeleted: number;
  /** Calls of the clients that failed for good. */
  readonly refused: number;
}

/** A transaction as its producer knows it: `unknown` when the call that ends it failed. */
export interface SoakTransaction {
  readonly worker: number;
  readonly number: number;
  readonly values: number;
  readonly end: "committed" | "aborted" | "unknown";
}

/** What the clients of a round share. */
export interface SoakClients {
  readonly plan: SoakPlan;
  readonly names: ReturnType<typeof soakNames>;
  /** Random numbers of one worker. */
  readonly random: (worker: number) => Random;
  readonly running: () => boolean;
}

export function kafkaOf(plan: SoakPlan, clientId: string): Kafka {
  const retry = { initialRetryTime: 20, maxRetryTime: 300, retries: 10 };
  return new Kafka({ brokers: [...plan.brokers], clientId, logLevel: logLevel.NOTHING, retry, requestTimeout: 3_000, socketFactory });
}

/** Hands whole answers to kafkajs: it would join half an answer of a connection that broke to the next one's first. */
const socketFactory: ISocketFactory = ({ host, port, onConnect }) => {
  const socket = connect({ host, port, noDelay: true }, onConnect);
  const frames = new FrameReader(256 * 1024 * 1024);
  const emit = socket.emit.bind(socket);
  socket.emit = (event: string | symbol, ...values: unknown[]): boolean => {
    if (event !== "data") return emit(event, ...values);
    frames.push(values[0] as Buffer);
    for (let frame = frames.next(); frame instanceof Buffer; frame = frames.next()) {
      const length = Buffer.alloc(4);
      length.writeInt32BE(frame.length);
      emit("data", Buffer.concat([length, frame]));
    }
    return true;
  };
  return socket;
};

export function below(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}

/** Part of the load, not a wait for something. */
export async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
