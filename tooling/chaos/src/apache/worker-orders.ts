import type { HistoryEvent } from "@millrace/testing";
import type { ScheduleSettings } from "../schedule-settings.ts";
import type { SocketDriver } from "../socket-ground.ts";

/** Where a worker process may be told to die: each step towards a settled record, and of a rebalance. */
export const deadlySteps = [
  "assigned",
  "fetched",
  "handled",
  "before-letter",
  "after-letter",
  "before-park",
  "after-park",
  "before-commit",
  "after-commit",
  "before-revoked",
  "after-revoked",
] as const;
export type DeadlyStep = (typeof deadlySteps)[number];

/** What a process is started with. */
export interface ProcessOrders {
  readonly name: string;
  readonly driver: SocketDriver;
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly group: string;
  readonly seed: number;
  /** Where it writes what it does, a line each, before it goes on. */
  readonly historyFile: string;
  /** What it is: a worker, or a redrive job. */
  readonly task:
    | { readonly settings: ScheduleSettings }
    | { readonly job: string; readonly batchSize: number; readonly isThorough: boolean };
}

/** What it may be told later. */
export interface DeadlyOrder {
  readonly dieAt: DeadlyStep;
  /** So often it survives that step. */
  readonly skip: number;
}

/** A line of its history file. */
export interface ProcessNote {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly note:
    | HistoryEvent
    | { readonly kind: "gave-up" }
    | { readonly kind: "worked" }
    | { readonly kind: "stood-still"; readonly from: number }
    | { readonly kind: "dies"; readonly step: DeadlyStep }
    | { readonly kind: "failed"; readonly error: string }
    | { readonly kind: "redriven"; readonly letters: number };
}

/** Of one third of it no worker may stand still without its being known. */
export const sessionTimeoutMs = 4_000;
/** Against virtual time, in which schedules are written. */
export const pace = 1 / 3;
