import { adminCells } from "./cells/admin-cells.ts";
import { adminConfigCells } from "./cells/admin-config-cells.ts";
import { adminGroupCells } from "./cells/admin-group-cells.ts";
import { assignCells } from "./cells/assign-cells.ts";
import { connectionCells } from "./cells/connection-cells.ts";
import { consumeCells } from "./cells/consume-cells.ts";
import { groupCells } from "./cells/group-cells.ts";
import { memberCells } from "./cells/member-cells.ts";
import { offsetCells } from "./cells/offset-cells.ts";
import { produceCells } from "./cells/produce-cells.ts";
import { pullCells } from "./cells/pull-cells.ts";
import { recordCells } from "./cells/record-cells.ts";
import { transactionCells } from "./cells/transaction-cells.ts";
import type { ConformanceCell } from "./conformance-cell.ts";

/** Every behaviour that a driver must show, or refuse as its capability table says. */
export const conformanceCells: readonly ConformanceCell[] = [
  ...connectionCells,
  ...produceCells,
  ...recordCells,
  ...consumeCells,
  ...pullCells,
  ...assignCells,
  ...groupCells,
  ...memberCells,
  ...offsetCells,
  ...adminCells,
  ...adminConfigCells,
  ...adminGroupCells,
  ...transactionCells,
];
