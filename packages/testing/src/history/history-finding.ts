/** What can be wrong with a history. */
export type HistoryFindingKind =
  /** A stored record came to no end. */
  | "lost"
  /** A record was settled or seen that nobody stored. */
  | "invented"
  /** A record came to an end again, and nothing that befell a worker excuses it. */
  | "duplicated"
  /** A record came to its first end after one that stands behind it in its chain. */
  | "reordered"
  /** An offset was committed, or remembered in a commit's metadata, before its record was settled. */
  | "committed-too-far"
  /** A record of an aborted transaction was settled or seen. */
  | "aborted-read"
  /** Of one transaction some of the effects are there, and others are not. */
  | "torn-transaction"
  /** A dead letter is missing, or was not expected, or has another reason. */
  | "wrong-dead-letter";

/** Something that is wrong with a history. */
export interface HistoryFinding {
  readonly kind: HistoryFindingKind;
  readonly message: string;
  /** The id of the record, where it is about one. */
  readonly id?: string | undefined;
  /** The index of the event that showed it, where one did. */
  readonly event?: number | undefined;
}
