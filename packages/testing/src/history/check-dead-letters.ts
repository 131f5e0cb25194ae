import type { HistoryFinding } from "./history-finding.ts";
import type { IndexedHistory } from "./indexed-history.ts";

/** The dead letters are the expected ones, with their reasons. */
export function checkDeadLetters({ lives }: IndexedHistory, expected: ReadonlyMap<string, string>): HistoryFinding[] {
  const findings: HistoryFinding[] = [];
  const wrong = (id: string, message: string, event?: number): void => {
    findings.push({ kind: "wrong-dead-letter", message, id, event });
  };
  for (const [id, reason] of expected) {
    const letters = lives.get(id)?.ends.filter(({ event }) => event.outcome === "dead-lettered") ?? [];
    if (letters.length === 0) wrong(id, `${id} is no dead letter; it should be one, because of ${reason}`);
    for (const { event, at } of letters) {
      if (event.reason !== reason) wrong(id, `${id} is a dead letter because of ${event.reason}, not of ${reason}`, at);
    }
  }
  for (const { id, ends } of lives.values()) {
    const letter = expected.has(id) ? undefined : ends.find(({ event }) => event.outcome === "dead-lettered");
    if (letter !== undefined) wrong(id, `${id} is a dead letter because of ${letter.event.reason}; it should be none`, letter.at);
  }
  return findings;
}
