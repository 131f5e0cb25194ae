import type { HistoryEvent, RecordPlace } from "../../src/index.ts";

/** Draws a whole number below the limit. */
type Below = (limit: number) => number;

interface MadeUpRecord {
  readonly id: string;
  readonly place: RecordPlace;
  readonly chain: string | null;
  readonly isPoison: boolean;
}

/** A history in which all is well, and what was predicted of it. */
export interface MadeUpHistory {
  readonly events: readonly HistoryEvent[];
  readonly deadLetters: ReadonlyMap<string, string>;
}

/**
 * A group of workers at work on one topic, as simple as can be: one worker at a time has everything, and hands it on, is killed, or is cut off and works on while
 * the next one has begun. Records settle out of order of their offsets, but in order of their keys.
 */
export function makeUpHistory(below: Below): MadeUpHistory {
  const events: HistoryEvent[] = [];
  const partitions = 1 + below(3);
  const records = Array.from({ length: 4 + below(30) }, (_, index): MadeUpRecord => {
    const partition = below(partitions);
    const key = below(5);
    return {
      id: `r${index}`,
      place: { topic: "jobs", partition, offset: index },
      chain: key === 0 ? null : `${partition}/${key}`,
      isPoison: below(8) === 0,
    };
  });
  for (const { id, place, chain } of records) events.push({ kind: "record-stored", id, place, chain, rank: place.offset });
  /** What the group's offsets tell. */
  const remembered = new Set<MadeUpRecord>();

  const commit = (partition: number, settled: ReadonlySet<MadeUpRecord>): void => {
    const own = records.filter(({ place }) => place.partition === partition);
    const offset = own.find((record) => !settled.has(record))?.place.offset ?? records.length;
    const above = own.filter((record) => record.place.offset > offset && settled.has(record));
    events.push({
      kind: "offset-committed",
      topic: "jobs",
      partition,
      offset,
      above: above.map(({ place }) => ({ from: place.offset, to: place.offset + 1 })),
    });
    for (const record of own) if (settled.has(record)) remembered.add(record);
  };

  const settle = (worker: string, { place, isPoison }: MadeUpRecord): void => {
    events.push(
      isPoison
        ? { kind: "record-settled", worker, place, outcome: "dead-lettered", reason: "poison" }
        : { kind: "record-settled", worker, place, outcome: "handled" },
    );
  };

  /** What a worker has before it, in an order that it may choose. */
  const plan = (): MadeUpRecord[] => {
    const left = records.filter((record) => !remembered.has(record));
    const order: MadeUpRecord[] = [];
    while (left.length > 0) {
      const at = below(left.length);
      const { chain } = left[at] as MadeUpRecord;
      const next = chain === null ? at : left.findIndex((record) => record.chain === chain);
      order.push(...left.splice(next, 1));
    }
    return order;
  };

  for (let life = 0; ; life++) {
    const worker = `w${life}`;
    const isLast = life === 3;
    const order = plan();
    const settled = new Set(remembered);
    const steps = isLast ? order.length : below(order.length + 1);
    for (const record of order.slice(0, steps)) {
      settle(worker, record);
      settled.add(record);
      if (below(4) === 0) commit(record.place.partition, settled);
    }
    const end = isLast ? 0 : below(3);
    if (end === 0) for (let partition = 0; partition < partitions; partition++) commit(partition, settled);
    else if (end === 1) events.push({ kind: "worker-struck", worker, by: "killed" });
    else {
      events.push({ kind: "worker-struck", worker, by: "cut-off" });
      for (const record of order.slice(steps, steps + below(4))) settle(worker, record);
    }
    if (isLast) break;
  }
  return { events, deadLetters: new Map(records.filter(({ isPoison }) => isPoison).map(({ id }) => [id, "poison"])) };
}
