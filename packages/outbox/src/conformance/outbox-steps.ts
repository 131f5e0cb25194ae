import type { RawMessage } from "@millrace/kafka";
import type { OutboxEntry } from "../outbox-entry.ts";
import type { OutboxStore } from "../outbox-store.ts";
import type { OutboxTarget } from "./outbox-cell.ts";

/** A message with text in it. */
export function message(key: string | null, value: string, topic = "orders"): RawMessage {
  return { topic, key: key === null ? null : Buffer.from(key), value: Buffer.from(value), headers: [] };
}

/** As much of a target as tells what is due. */
export interface WithDue {
  readonly store: Pick<OutboxStore<never>, "due">;
}

/** Appends in one transaction. */
export async function append<Transaction>(target: OutboxTarget<Transaction>, ...messages: readonly RawMessage[]): Promise<void> {
  await target.transaction((transaction) => target.store.append(transaction, messages));
}

/** Everything that is due. */
export function due({ store }: WithDue): Promise<readonly OutboxEntry[]> {
  return store.due(1_000);
}

export function valuesOf(entries: readonly OutboxEntry[]): readonly (string | undefined)[] {
  return entries.map((entry) => entry.message.value?.toString());
}
