/**
 * Pairs as many rows with columns as possible, each at most once; `allowed[row]` holds the columns that fit a row. Gives the row of each column.
 * `step` is called for each look at a pair.
 */
export function matchBranches(allowed: readonly (readonly number[])[], step: () => void): ReadonlyMap<number, number> {
  const rowOf = new Map<number, number>();
  const columnOf = new Map<number, number>();
  for (let start = 0; start < allowed.length; start++) {
    // A way through columns whose rows can move elsewhere, found breadth first so that many branches need no deep recursion.
    const cameFrom = new Map<number, number>();
    const rows = [start];
    let free: number | undefined;
    for (let index = 0; index < rows.length && free === undefined; index++) {
      for (const column of allowed[rows[index]!]!) {
        step();
        if (cameFrom.has(column)) continue;
        cameFrom.set(column, rows[index]!);
        const taken = rowOf.get(column);
        if (taken === undefined) {
          free = column;
          break;
        }
        rows.push(taken);
      }
    }
    while (free !== undefined) {
      const row = cameFrom.get(free)!;
      const before = columnOf.get(row);
      rowOf.set(free, row);
      columnOf.set(row, free);
      free = before;
    }
  }
  return rowOf;
}
