import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { platformatic } from "@millrace/driver-platformatic";
import { createKafka } from "@millrace/kafka";
import { checkHistory, seededRandom } from "@millrace/testing";
import { checkOnce } from "../check-once.ts";
import { checkLetters, checkRedrives, predictSchedule } from "../predict-schedule.ts";
import { drawScheduleSettings } from "../schedule-settings.ts";
import type { SocketDriver } from "../socket-ground.ts";
import { readApacheLog } from "./apache-log.ts";
import { type ApachePlanName, apachePlans } from "./apache-plans.ts";
import { ApacheSchedule } from "./apache-schedule.ts";
import { tellHistory } from "./tell-history.ts";

/** What a schedule on Apache Kafka has done. */
export interface ApacheReport {
  readonly sent: number;
  readonly ended: number;
  /** Ends that were repeated, with an excuse. */
  readonly repeated: number;
  /** Schedules in which everything was done in transactions. */
  readonly exactlyOnce: number;
  readonly parked: number;
  readonly deadLetters: number;
  readonly redriven: number;
  readonly kills: number;
  readonly frozen: number;
  readonly storms: number;
  readonly stops: number;
  /** Workers that stood still by themselves, as the machine was busy. */
  readonly stoodStill: number;
  /** At which step workers died. */
  readonly deaths: Readonly<Record<string, number>>;
  readonly group: string;
}

export interface ApacheOptions {
  readonly brokers: readonly string[];
  readonly driver: SocketDriver;
  /** What tells this run's topics from those of others. */
  readonly run: string;
  /** @default "random" */
  readonly plan?: ApachePlanName;
  /** Whether brokers are killed meanwhile: then any worker may repeat what it could not commit. @default false */
  readonly areBrokersKilled?: boolean;
}

const mostShown = 5;

/**
 * Plays a schedule with workers in processes of their own, which are killed, frozen and stopped, on a cluster of Apache Kafka, and checks the history.
 * @throws Error with what is wrong, the settings, and the story of the first record concerned
 */
export async function playOnApache(seed: number, options: ApacheOptions): Promise<ApacheReport> {
  const { brokers, driver, run, areBrokersKilled = false } = options;
  const random = seededRandom(seed);
  const drawn = drawScheduleSettings(random);
  const plan = apachePlans[options.plan ?? "random"];
  // Enough work for everybody.
  const settings = { ...drawn, partitions: 2 * drawn.partitions, ...plan.settings };
  const folder = await mkdtemp(join(tmpdir(), "millrace-chaos-"));
  const kafka = createKafka({ driver: platformatic({ brokers, connectionTimeoutMs: 30_000 }), random });
  const names = { topic: `chaos-${run}-${seed}`, group: `chaos/${run}/${seed}` };
  const schedule = new ApacheSchedule({ seed, random, settings, kafka, brokers, driver, folder, ...names });
  try {
    await schedule.begin();
    // Drawn apart from what is sent, which is more or less as time goes by: what befalls workers is the same for the same seed.
    await plan.play(schedule, seededRandom(-seed));
    await schedule.end();

    const log = await readApacheLog(kafka, names);
    const strikes = areBrokersKilled ? [...schedule.strikes(), ...schedule.strikesOnEverybody()] : schedule.strikes();
    const history = tellHistory({ log, notes: schedule.notes(), strikes, hasRounds: settings.later !== undefined });
    const prediction = predictSchedule(log, settings);
    const { stored, deadLetters } = prediction;
    for (const record of stored) history.record(record);
    const isOnce = settings.exactlyOnce !== undefined;
    const findings = isOnce ? [] : checkHistory(history.events, { deadLetters });
    const all = [
      ...schedule.problems(),
      ...(isOnce ? checkOnce(log, prediction, settings) : []),
      ...findings.map(({ kind, message }) => `${kind}: ${message}`),
      ...checkLetters(log, settings),
      ...checkRedrives(log),
    ];
    if (all.length > 0) {
      const shown = all.length > mostShown ? [...all.slice(0, mostShown), `and ${all.length - mostShown} more`] : all;
      const story = findings[0]?.id === undefined ? [] : ["the first of them:", ...history.tell(findings[0].id)];
      throw new Error(
        [`schedule on Apache Kafka with seed ${seed} (${driver}, ${JSON.stringify(settings)}):`, ...shown, ...story].join("\n"),
      );
    }
    const settled = history.events.filter((event) => event.kind === "record-settled");
    const ended = new Set(stored.map(({ id }) => id)).size;
    return {
      ...schedule.counts,
      ...schedule.told(),
      ended,
      repeated: isOnce ? 0 : settled.filter(({ outcome }) => outcome !== "parked" && outcome !== "dropped").length - ended,
      exactlyOnce: isOnce ? 1 : 0,
      parked: settled.filter(({ outcome }) => outcome === "parked").length,
      deadLetters: deadLetters.size,
      group: names.group,
    };
  } finally {
    await schedule.close();
    await kafka.close();
    await rm(folder, { recursive: true, force: true });
  }
}
