import { adminCells } from "./cells/admin-cells.ts";
import { deleteCells } from "./cells/delete-cells.ts";
import { failureCells } from "./cells/failure-cells.ts";
import { registerCells } from "./cells/register-cells.ts";
import { sourceCells } from "./cells/source-cells.ts";
import type { RegistryCell } from "./registry-cell.ts";

/** Every behaviour of a schema registry's client. */
export const registryCells: readonly RegistryCell[] = [...registerCells, ...sourceCells, ...adminCells, ...deleteCells, ...failureCells];
