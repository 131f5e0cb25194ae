import { placeName, type RecordSettled } from "./history-event.ts";
import type { HistoryFinding } from "./history-finding.ts";
import type { IndexedHistory, RecordLife, Told } from "./indexed-history.ts";
import type { Excuses } from "./repeat-excuses.ts";

/** Every record comes to an end, once, and only what is there does. */
export function checkEnds(history: IndexedHistory, excuses: Excuses): HistoryFinding[] {
  const findings: HistoryFinding[] = [];
  for (const { event, at } of [...history.settlements.map(({ event, at }) => ({ event: event.place, at })), ...history.sights]) {
    const record = history.stored.get(placeName(event));
    if (record === undefined) {
      findings.push({ kind: "invented", message: `${placeName(event)} was read, and nobody stored it`, event: at });
    } else if (!history.takesEffect(record.transaction)) {
      const message = `${record.id} at ${placeName(event)} was read, though its transaction ${record.transaction} aborted`;
      findings.push({ kind: "aborted-read", message, id: record.id, event: at });
    }
  }
  for (const life of history.lives.values()) {
    const { id, copies, ends, sights } = life;
    if (ends.length === 0 && sights.length === 0 && copies.some(({ transaction }) => history.takesEffect(transaction))) {
      findings.push({
        kind: "lost",
        message: `${id}, stored at ${copies.map(({ place }) => placeName(place)).join(" and ")}, came to no end`,
        id,
      });
    }
    findings.push(...repeats(life, excuses));
  }
  return findings;
}

function repeats({ id, first, ends, sights }: RecordLife, excuses: Excuses): HistoryFinding[] {
  const findings: HistoryFinding[] = [];
  for (const [index, end] of ends.entries()) {
    const before = ends[index - 1];
    if (before === undefined || excuses.excuse(before, end, first.place)) continue;
    findings.push({ kind: "duplicated", message: `${id} was ${told(end)} after it had been ${told(before)}`, id, event: end.at });
  }
  const [, second] = sights;
  if (second !== undefined) {
    findings.push({
      kind: "duplicated",
      message: `${id} is there ${sights.length} times: at ${sights.map(({ event }) => placeName(event)).join(", ")}`,
      id,
      event: second.at,
    });
  }
  return findings;
}

function told({ event: { worker, outcome, place } }: Told<RecordSettled>): string {
  return `${outcome} by ${worker} at ${placeName(place)}`;
}

/** In each chain the first ends are in the order of the ranks. */
export function checkOrder({ lives }: IndexedHistory): HistoryFinding[] {
  const chains = new Map<string, { id: string; rank: number; at: number }[]>();
  for (const { id, first, ends, sights } of lives.values()) {
    const at = ends[0]?.at ?? sights[0]?.at;
    if (first.chain === null || at === undefined) continue;
    const chain = chains.get(first.chain);
    const end = { id, rank: first.rank, at };
    if (chain === undefined) chains.set(first.chain, [end]);
    else chain.push(end);
  }
  const findings: HistoryFinding[] = [];
  for (const [chain, ends] of chains) {
    let last: { id: string; rank: number } | undefined;
    for (const end of ends.toSorted((a, b) => a.at - b.at)) {
      if (last !== undefined && end.rank < last.rank) {
        findings.push({
          kind: "reordered",
          message: `${end.id} of chain ${chain} came to its end after ${last.id}, which is behind it`,
          id: end.id,
          event: end.at,
        });
      } else last = end;
    }
  }
  return findings;
}
