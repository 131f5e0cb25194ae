export { createMemoryOutboxStore, type MemoryOutboxStore, type MemoryOutboxTransaction } from "./memory-outbox-store.ts";
export { createOutbox, type Outbox } from "./outbox.ts";
export type { EntryOutcome, OutboxEntry, OutboxStatus } from "./outbox-entry.ts";
export { OutboxError, type OutboxErrorCode } from "./outbox-error.ts";
export { createOutboxRelay, type OutboxRelay, type RelayCounts, type RelayRound } from "./outbox-relay.ts";
export type { OutboxStore } from "./outbox-store.ts";
export type { OutboxRelayOptions } from "./relay-options.ts";
