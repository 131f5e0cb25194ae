export type { CellContext } from "./cell-context.ts";
export { type PlannedCell, type Refusals, type RegistryCell, type RegistryTarget, runnableCells } from "./registry-cell.ts";
export { registryCells } from "./registry-cells.ts";
