import type { Random } from "@millrace/core";
import type { ScheduleSettings } from "../schedule-settings.ts";
import type { ApacheSchedule } from "./apache-schedule.ts";
import { pace } from "./worker-orders.ts";

/** What befalls workers between the beginning and the end of a schedule. */
export interface ApachePlan {
  readonly settings?: Partial<ScheduleSettings>;
  play(schedule: ApacheSchedule, random: Random): Promise<void>;
}

const parked = 10_000;

export type ApachePlanName = "random" | "everyStep" | "parked";

export const apachePlans: Readonly<Record<ApachePlanName, ApachePlan>> = {
  /** Anything may happen. */
  random: {
    async play(schedule, random) {
      for (let step = 0; step < 7; step++) {
        if (random() < 0.8) await schedule.send();
        const choice = random();
        if (choice < 0.45) await schedule.killWorker();
        else if (choice < 0.6) schedule.freezeWorker();
        else if (choice < 0.7) schedule.storm();
        else if (choice < 0.8) schedule.redriveSome();
        else if (choice < 0.9) schedule.stopWorker();
        // Somebody looks after them.
        schedule.addWorker();
        await schedule.pass((random() < 0.3 ? random() * 8_000 : random() * 1_500) * pace);
      }
    },
  },
  /** A worker dies at each step. */
  everyStep: {
    settings: {
      partitions: 3,
      keys: 30,
      mostWorkers: 2,
      order: "key",
      concurrency: 8,
      attempts: 2,
      retryDelayMs: 40,
      handlerMs: 50,
      commitIntervalMs: 300,
      maxBufferedRecords: 10_000,
      drainMs: 2_000,
      later: { rounds: 3, delayMs: 300, maxParked: 10_000 },
    },
    async play(schedule) {
      for (const step of schedule.deadlySteps) {
        // On a busy machine it may take too long to come to a step.
        for (let tries = 0; tries < 4 && schedule.told().deaths[step] === undefined; tries++) {
          await schedule.killWorker(step);
          schedule.addWorker();
        }
      }
    },
  },
  /** Ten thousand records wait parked while workers come, go and die. */
  parked: {
    settings: {
      partitions: 4,
      // Nearly every record has a key of its own: those behind one that is parked would wait for one another.
      keys: 1_000_000,
      mostWorkers: 3,
      order: "key",
      concurrency: 16,
      attempts: 2,
      retryDelayMs: 40,
      handlerMs: 0,
      commitIntervalMs: 1_000,
      maxBufferedRecords: 10_000,
      drainMs: 2_000,
      later: { rounds: 3, delayMs: 75_000, maxParked: 20_000 },
      exactlyOnce: undefined,
    },
    async play(schedule) {
      schedule.addWorker();
      await schedule.sendJobs(parked, () => "patient");
      await schedule.catchUp("source");
      schedule.addWorker();
      await schedule.pass(3_000);
      schedule.stopWorker();
      await schedule.pass(3_000);
      schedule.addWorker();
      await schedule.killWorker("assigned");
      schedule.addWorker();
    },
  },
};
