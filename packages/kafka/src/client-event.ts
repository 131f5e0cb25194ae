import type { TransactionState } from "./transactions/transaction-state.ts";

/** Something that happened to a connection. */
export type ClientEvent =
  /** There is a connection to a broker, named by its address, and there was none before. */
  | { readonly type: "connected"; readonly broker: string }
  /** The last connection to a broker has ended: `lost` unless it was closed here, as what used it was. Whoever needs the broker connects again, with pauses. */
  | { readonly type: "disconnected"; readonly broker: string; readonly reason: "closed" | "lost" }
  | {
      readonly type: "partition-assigned";
      readonly group: string | null;
      readonly topic: string;
      readonly partition: number;
      readonly offset: number;
    }
  | {
      readonly type: "partition-revoked";
      readonly group: string | null;
      readonly topic: string;
      readonly partition: number;
      readonly reason: "rebalance" | "close" | "lost";
    }
  /** Records between the group's offset and the start of the log were deleted by retention before the group read them. */
  | {
      readonly type: "records-lost";
      readonly group: string | null;
      readonly topic: string;
      readonly partition: number;
      readonly from: number;
      readonly to: number;
    }
  | {
      readonly type: "commit-stale";
      readonly group: string | null;
      readonly topic: string;
      readonly partition: number;
      readonly offset: number;
    }
  /** Nothing ran for `blockedMs`, heartbeats neither: a handler computes for too long without giving way. */
  | { readonly type: "event-loop-blocked"; readonly group: string | null; readonly blockedMs: number }
  | { readonly type: "consumer-failed"; readonly group: string | null; readonly error: Error }
  | {
      readonly type: "transaction-state";
      readonly transactionalId: string;
      readonly from: TransactionState;
      readonly to: TransactionState;
    }
  /** Another producer has the transactional id: this one can do nothing any more. */
  | { readonly type: "producer-fenced"; readonly transactionalId: string; readonly error: Error }
  /** This reader was too slow: `count` older events were dropped before the next one. */
  | { readonly type: "events-dropped"; readonly count: number };
