export type { CellContext } from "./cell-context.ts";
export type { ConformanceCell, ConformanceTarget, PlannedCell } from "./conformance-cell.ts";
export { conformanceCells } from "./conformance-cells.ts";
export { type CellRunner, declareCells } from "./declare-cells.ts";
export type { RecordedHandlers, RecordingConsumer } from "./recording-consumer.ts";
export { runnable } from "./runnable.ts";
