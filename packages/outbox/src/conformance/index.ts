export type { OutboxCell, OutboxTarget } from "./outbox-cell.ts";
export { outboxCells } from "./outbox-cells.ts";
