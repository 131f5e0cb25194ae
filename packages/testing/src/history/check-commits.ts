import { type OffsetCommitted, placeName, type RecordStored } from "./history-event.ts";
import type { HistoryFinding } from "./history-finding.ts";
import type { IndexedHistory } from "./indexed-history.ts";

/** Nothing below a committed offset, nor what its metadata calls settled, is unsettled. */
export function checkCommits({ commits, stored, settledAt, takesEffect }: IndexedHistory): HistoryFinding[] {
  const partitions = new Map<string, RecordStored[]>();
  for (const record of stored.values()) {
    if (!takesEffect(record.transaction)) continue;
    const name = `${record.place.topic}/${record.place.partition}`;
    const list = partitions.get(name);
    if (list === undefined) partitions.set(name, [record]);
    else list.push(record);
  }
  const findings: HistoryFinding[] = [];
  // Each record once: what one commit has judged, later ones need not.
  const judged = new Set<RecordStored>();
  for (const { event, at } of commits) {
    for (const record of partitions.get(`${event.topic}/${event.partition}`) ?? []) {
      if (judged.has(record) || !isCovered(record, event)) continue;
      judged.add(record);
      if ((settledAt.get(placeName(record.place)) ?? Number.POSITIVE_INFINITY) < at) continue;
      const message = `${record.id} at ${placeName(record.place)} was not settled when ${event.offset} was committed`;
      findings.push({ kind: "committed-too-far", message, id: record.id, event: at });
    }
  }
  return findings;
}

function isCovered({ place }: RecordStored, { offset, above = [] }: OffsetCommitted): boolean {
  return place.offset < offset || above.some(({ from, to }) => from <= place.offset && place.offset < to);
}
