/**
 * Where a transactional producer stands.
 *
 * - `initialising`: it claims its transactional id; `ready`: it has it, and no transaction is open; `in_transaction`: one is.
 * - `committing`, `committed`, then `ready`; `aborting`, `aborted`, then `ready`.
 * - `abortable_error`: something in the transaction failed, all that can be done is to abort it.
 * - `in_doubt`: the commit was not answered. `commit()` asks again; nothing else can be done.
 * - `fenced`: another producer has the id. `failed`: the broker refuses the id for good, or to end a
 *   transaction that was in doubt. `closed`. None of them ends.
 */
export type TransactionState =
  | "initialising"
  | "ready"
  | "in_transaction"
  | "committing"
  | "committed"
  | "aborting"
  | "aborted"
  | "abortable_error"
  | "in_doubt"
  | "fenced"
  | "failed"
  | "closed";
