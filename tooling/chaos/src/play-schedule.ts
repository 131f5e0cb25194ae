import type { BrokerEngine } from "@millrace/embedded-kafka";
import { checkHistory, seededRandom } from "@millrace/testing";
import type { MakeGround } from "./chaos-ground.ts";
import { ChaosSchedule } from "./chaos-schedule.ts";
import { checkOnce } from "./check-once.ts";
import { memoryGround } from "./memory-ground.ts";
import { checkLetters, checkRedrives, predictSchedule } from "./predict-schedule.ts";
import { drawScheduleSettings } from "./schedule-settings.ts";

/** What schedules have done. */
export interface ChaosReport {
  readonly sent: number;
  /** Records that came to an end, those brought back counted anew. */
  readonly ended: number;
  /** Ends that were repeated, with an excuse. */
  readonly repeated: number;
  /** Schedules in which everything was done in transactions. */
  readonly exactlyOnce: number;
  /** Copies in the retry topic, whoever is their next. */
  readonly parked: number;
  readonly deadLetters: number;
  readonly redriven: number;
  readonly redrivesKilled: number;
  readonly kills: number;
  readonly cutOffs: number;
  readonly stops: number;
}

/** Findings of one schedule that are shown. */
const mostShown = 5;

/** What is different from a schedule in virtual time. */
export interface PlayOptions {
  /** @default a broker in virtual time */
  readonly ground?: MakeGround;
  /** Spoils the broker, so that it can be seen that this is noticed. */
  readonly meddle?: (engine: BrokerEngine) => void;
}

/**
 * Lets workers with a runtime of one group come, go, die and lose their connections, while jobs of every kind are sent and dead letters brought back; then checks
 * the history. The seed decides about everything. @throws Error with what is wrong, the settings, and the story of the first record concerned
 */
export async function playSchedule(seed: number, options: PlayOptions = {}): Promise<ChaosReport> {
  const random = seededRandom(seed);
  const settings = drawScheduleSettings(random);
  const ground = await (options.ground ?? memoryGround)(random);
  const schedule = new ChaosSchedule({ seed, random, settings, ground });
  options.meddle?.(ground.engine);
  const { history, engine, problems, counts } = schedule;
  await schedule.begin();
  for (let step = 0; step < settings.steps; step++) {
    const choice = random();
    if (choice < 0.33) await schedule.send();
    else if (choice < 0.58) await schedule.addWorker();
    else if (choice < 0.65) schedule.stopWorker();
    else if (choice < 0.78) schedule.killWorker();
    else if (choice < 0.87) schedule.cutOff();
    else schedule.redriveSome();
    await ground.pass((random() < 0.2 ? random() * 8_000 : random() * 800) * ground.pace);
  }
  await schedule.end();

  const prediction = predictSchedule(engine, settings);
  const { stored, deadLetters } = prediction;
  for (const record of stored) history.record(record);
  const isOnce = settings.exactlyOnce !== undefined;
  const findings = isOnce ? [] : checkHistory(history.events, { deadLetters });
  if (isOnce) problems.push(...checkOnce(engine, prediction, settings));
  const all = [
    ...problems,
    ...findings.map(({ kind, message }) => `${kind}: ${message}`),
    ...checkLetters(engine, settings),
    ...checkRedrives(engine),
  ];
  if (all.length > 0) {
    const shown = all.length > mostShown ? [...all.slice(0, mostShown), `and ${all.length - mostShown} more`] : all;
    const story = findings[0]?.id === undefined ? [] : ["the first of them:", ...history.tell(findings[0].id)];
    throw new Error([`schedule with seed ${seed} (${JSON.stringify(settings)}):`, ...shown, ...story].join("\n"));
  }
  const settled = history.events.filter((event) => event.kind === "record-settled");
  const ends = settled.filter(({ outcome }) => outcome !== "parked" && outcome !== "dropped").length;
  const ended = new Set(stored.map(({ id }) => id)).size;
  const parked = settled.filter(({ outcome }) => outcome === "parked").length;
  return { ...counts, ended, repeated: isOnce ? 0 : ends - ended, exactlyOnce: isOnce ? 1 : 0, parked, deadLetters: deadLetters.size };
}
