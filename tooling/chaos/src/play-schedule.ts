import type { BrokerEngine } from "@millrace/embedded-kafka";
import { checkHistory } from "@millrace/testing";
import { ChaosSchedule } from "./chaos-schedule.ts";
import { checkLetters, predictSchedule } from "./predict-schedule.ts";

/** What schedules have done. */
export interface ChaosReport {
  readonly sent: number;
  /** Records that came to an end, those brought back counted anew. */
  readonly ended: number;
  /** Ends that were repeated, with an excuse. */
  readonly repeated: number;
  /** Copies in the retry topic, whoever is their next. */
  readonly parked: number;
  readonly deadLetters: number;
  readonly redriven: number;
  readonly kills: number;
  readonly cutOffs: number;
  readonly stops: number;
}

/** Findings of one schedule that are shown. */
const mostShown = 5;

/**
 * Lets workers with a runtime of one group come, go, die and lose their connections in virtual time, while jobs of every kind are sent and dead letters brought
 * back; then checks the history. The seed decides about everything. @throws Error with what is wrong, the settings, and the story of the first record concerned
 */
export async function playSchedule(seed: number, meddle?: (engine: BrokerEngine) => void): Promise<ChaosReport> {
  const schedule = new ChaosSchedule(seed, meddle);
  const { clock, random, settings, history, engine, problems, counts } = schedule;
  await schedule.begin();
  for (let step = 0; step < settings.steps; step++) {
    const choice = random();
    if (choice < 0.33) await schedule.send();
    else if (choice < 0.58) await schedule.addWorker();
    else if (choice < 0.65) schedule.stopWorker();
    else if (choice < 0.78) schedule.killWorker();
    else if (choice < 0.87) schedule.cutOff();
    else schedule.redriveSome();
    await clock.advance(random() < 0.2 ? random() * 8_000 : random() * 800);
  }
  await schedule.end();

  const { stored, deadLetters } = predictSchedule(engine, settings);
  for (const record of stored) history.record(record);
  const findings = checkHistory(history.events, { deadLetters });
  const all = [...problems, ...findings.map(({ kind, message }) => `${kind}: ${message}`), ...checkLetters(engine, settings)];
  if (all.length > 0) {
    const shown = all.length > mostShown ? [...all.slice(0, mostShown), `and ${all.length - mostShown} more`] : all;
    const story = findings[0]?.id === undefined ? [] : ["the first of them:", ...history.tell(findings[0].id)];
    throw new Error([`schedule with seed ${seed} (${JSON.stringify(settings)}):`, ...shown, ...story].join("\n"));
  }
  const settled = history.events.filter((event) => event.kind === "record-settled");
  const ends = settled.filter(({ outcome }) => outcome !== "parked" && outcome !== "dropped").length;
  const ended = new Set(stored.map(({ id }) => id)).size;
  const parked = settled.filter(({ outcome }) => outcome === "parked").length;
  return { ...counts, ended, repeated: ends - ended, parked, deadLetters: deadLetters.size };
}
