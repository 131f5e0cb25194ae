import { placeName } from "./history-event.ts";
import type { HistoryFinding } from "./history-finding.ts";
import type { IndexedHistory } from "./indexed-history.ts";

interface Effect {
  readonly what: string;
  readonly isThere: boolean;
}

/** Everything that was done in a transaction is there, or nothing of it. What is there of an aborted one and was read is not told here. */
export function checkTransactions({ settlements, sights, stored, transactions, allCommits }: IndexedHistory): HistoryFinding[] {
  const read = new Set([...settlements.map(({ event }) => placeName(event.place)), ...sights.map(({ event }) => placeName(event))]);
  const effects = new Map<string, Effect[]>();
  const add = (transaction: string, effect: Effect): void => {
    const list = effects.get(transaction);
    if (list === undefined) effects.set(transaction, [effect]);
    else list.push(effect);
  };
  for (const [place, { transaction, id }] of stored) {
    if (transaction === undefined || transactions.get(transaction)?.outcome === "aborted") continue;
    add(transaction, { what: `${id} at ${place}`, isThere: read.has(place) });
  }
  for (const { transaction, offsets = [] } of transactions.values()) {
    for (const { topic, partition } of offsets) {
      const isThere = allCommits.some(
        ({ event }) => event.transaction === transaction && event.topic === topic && event.partition === partition,
      );
      add(transaction, { what: `the offset of ${topic}/${partition}`, isThere });
    }
  }
  return [...effects].flatMap(([transaction, list]): HistoryFinding[] => {
    const outcome = transactions.get(transaction)?.outcome ?? "unknown";
    const there = list.filter(({ isThere }) => isThere).map(({ what }) => what);
    const missing = list.filter(({ isThere }) => !isThere).map(({ what }) => what);
    const isWhole = outcome === "committed" ? missing.length === 0 : there.length === 0 || (outcome === "unknown" && missing.length === 0);
    if (isWhole) return [];
    const message = `transaction ${transaction} is ${outcome}; there is ${there.join(", ") || "nothing"} of it, missing is ${missing.join(", ") || "nothing"}`;
    return [{ kind: "torn-transaction", message }];
  });
}
