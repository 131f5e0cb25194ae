/** Where a record lies. */
export interface RecordPlace {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** Offsets from `from` to below `to`. */
export interface HistoryRange {
  readonly from: number;
  readonly to: number;
}

/**
 * A record is in the log: one that was acknowledged, or one of unknown fate that was found there. When it is told does not matter, only that it is.
 */
export interface RecordStored {
  readonly kind: "record-stored";
  /** What must come to an end once. Copies of a record that is still to be handled (parked, moved) have its id; what is brought back from dead letters has another. */
  readonly id: string;
  readonly place: RecordPlace;
  /** Records of one chain come to their ends in the order of their ranks. null: no order. Of a copy it does not count. */
  readonly chain: string | null;
  readonly rank: number;
  /** The transaction that wrote it. */
  readonly transaction?: string | undefined;
}

/**
 * A worker is done with a record. `handled`, `dead-lettered` and `skipped` are ends; with `parked` a copy was stored elsewhere, and with `dropped` a copy was put
 * aside because another one counts. Told when the worker knows it: a handler has returned, a dead letter is acknowledged.
 */
export interface RecordSettled {
  readonly kind: "record-settled";
  readonly worker: string;
  readonly place: RecordPlace;
  readonly outcome: "handled" | "dead-lettered" | "skipped" | "parked" | "dropped";
  /** Why it is a dead letter. */
  readonly reason?: string | undefined;
  /** The worker had given the record up before, as the time to hand it on was over: it may end again. @default false */
  readonly isLate?: boolean | undefined;
  /** The transaction that it was done in, which undoes it where it aborts. */
  readonly transaction?: string | undefined;
}

/** A reader outside of the group found a record: somebody who must see neither open nor aborted transactions. */
export interface RecordSeen {
  readonly kind: "record-seen";
  readonly place: RecordPlace;
}

/** The group's offset of a partition, as the broker has stored it; it replaces the one before. */
export interface OffsetCommitted {
  readonly kind: "offset-committed";
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** What is settled above the offset, by the commit's metadata. */
  readonly above?: readonly HistoryRange[] | undefined;
  readonly transaction?: string | undefined;
}

/**
 * What befell a worker. `killed`: it is gone for good. `cut-off`: others may take its work over without its knowing, until it is `restored`, which is when it knows.
 * A worker that starts again has another name.
 */
export interface WorkerStruck {
  readonly kind: "worker-struck";
  readonly worker: string;
  readonly by: "killed" | "cut-off" | "restored";
}

/** How a transaction ended, as its producer knows it. One without this event is `unknown`. */
export interface TransactionEnded {
  readonly kind: "transaction-ended";
  readonly transaction: string;
  readonly outcome: "committed" | "aborted" | "unknown";
  /** The partitions whose offsets were part of it. */
  readonly offsets?: readonly Pick<RecordPlace, "topic" | "partition">[] | undefined;
}

/** Something that happened to one consumer group, its topics and its workers, told in the order in which it happened. */
export type HistoryEvent = RecordStored | RecordSettled | RecordSeen | OffsetCommitted | WorkerStruck | TransactionEnded;

/** `topic/partition/offset`. */
export function placeName({ topic, partition, offset }: RecordPlace): string {
  return `${topic}/${partition}/${offset}`;
}
