import type { BrokerRecord } from "@millrace/embedded-kafka";
import { decodeDeadLetter } from "@millrace/retry";
import { resultsTopic } from "./chaos-worker.ts";
import { jobKindOf } from "./job-kinds.ts";
import { idOf, type Prediction, type StoredLog, workedTopics } from "./predict-schedule.ts";
import type { ScheduleSettings } from "./schedule-settings.ts";
import { letterTopic } from "./watch-copies.ts";

/**
 * What is wrong with what readers of committed transactions see: of each record either one result, or one dead letter, or nothing when it is skipped; the
 * results of a chain in its order; nothing of records whose own transaction was aborted. Whoever was killed: there is no excuse.
 */
export function checkOnce(
  log: StoredLog,
  { stored, deadLetters }: Prediction,
  { later }: Pick<ScheduleSettings, "later">,
): readonly string[] {
  const committed = { isolation: "read_committed" } as const;
  const hasRounds = later !== undefined;
  const problems: string[] = [];
  const records = new Map<string, BrokerRecord>();
  for (const record of workedTopics.flatMap((topic) => log.records(topic, committed))) {
    records.set(`${record.topic}/${record.partition}/${record.offset}`, record);
  }
  const seen = new Map<string, number>();
  const add = (id: string, what: string): void => {
    seen.set(id, (seen.get(id) ?? 0) + 1);
    if (seen.get(id) === 2) problems.push(`${id} has ended twice, at last as ${what}`);
  };
  const lastOf = new Map<string, { readonly id: string; readonly rank: number }>();
  const firsts = new Map<string, (typeof stored)[number]>();
  for (const record of stored) if (!firsts.has(record.id)) firsts.set(record.id, record);
  for (const { value } of log.records(resultsTopic, committed)) {
    const record = records.get(String(value));
    if (record === undefined) {
      problems.push(`there is a result of ${String(value)}, which nobody may read`);
      continue;
    }
    const id = idOf(record, hasRounds);
    add(id, "a result");
    if (deadLetters.has(id)) problems.push(`${id} has a result; it should be a dead letter`);
    const first = firsts.get(id);
    if (first === undefined || first.chain === null) continue;
    const last = lastOf.get(first.chain);
    if (last !== undefined && first.rank < last.rank)
      problems.push(`${id} of chain ${first.chain} has its result after ${last.id}, which is behind it`);
    lastOf.set(first.chain, { id, rank: first.rank });
  }
  for (const letter of log.records(letterTopic, committed)) {
    const { origin, redrives } = decodeDeadLetter(letter);
    if (hasRounds || redrives === 0)
      add(`${origin.partition}/${origin.offset}${redrives === 0 ? "" : ` redriven ${redrives}`}`, "a dead letter");
  }
  for (const [id, { place }] of firsts) {
    const record = records.get(`${place.topic}/${place.partition}/${place.offset}`);
    const isSkipped = record !== undefined && jobKindOf(record.headers).act(0, 1, 1) === "skip";
    const isToldElsewhere = !hasRounds && deadLetters.has(id);
    if (!seen.has(id) && !isSkipped && !isToldElsewhere) problems.push(`${id} has come to no end`);
  }
  return problems;
}
