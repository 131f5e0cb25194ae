import type { Kafka } from "@millrace/kafka";
import { createMonitor, type GroupReport, type MonitorOptions } from "../../src/index.ts";
import { looks, situations, window } from "./situations.ts";
import { createStage, scriptedTime } from "./stage.ts";

/** What was found. */
export interface Played<Oracle> {
  /** By the name of the situation: the last of the looks. */
  readonly found: ReadonlyMap<string, GroupReport>;
  /** The same, by a monitor that was started after the others had been closed. */
  readonly restarted: ReadonlyMap<string, GroupReport>;
  /** What `lagOf` said of the group, by the name of the situation. */
  readonly lags: ReadonlyMap<string, Readonly<Record<string, number>>>;
  /** What an independent oracle said between the two. */
  readonly oracle: Oracle | undefined;
}

/** Plays all situations side by side, and looks at them; `ask` is called at the end, when nothing moves. */
export async function playSituations<Oracle = undefined>(options: {
  readonly kafka: Kafka;
  readonly prefix: string;
  readonly monitor?: Partial<MonitorOptions>;
  readonly ask?: (groups: readonly string[]) => Promise<Oracle>;
  /** Compacts at once. @default it is waited for */
  readonly compact?: () => void;
}): Promise<Played<Oracle>> {
  const { kafka, prefix, ask, compact = () => {} } = options;
  const time = scriptedTime(looks);
  const acts = await Promise.all(
    situations.map(async ({ name, configs, play }) => {
      const topic = configs === undefined ? {} : { configs };
      const stage = await createStage({ kafka, name: `${prefix}-${name}`, end: time.end, compact, ...topic });
      return { name, stage, script: play(stage) };
    }),
  );
  const groups = acts.map(({ stage }) => stage.group);
  const settings: MonitorOptions = {
    kafka,
    groups,
    window,
    clock: time.clock,
    samples: { topic: `${prefix}-samples` },
    pausedPartitions: (group) => acts.find(({ stage }) => stage.group === group)?.stage.paused ?? [],
    ...options.monitor,
  };
  const byName = (reports: readonly GroupReport[]): ReadonlyMap<string, GroupReport> =>
    new Map(acts.map(({ name, stage }) => [name, reports.find(({ group }) => group === stage.group) as GroupReport]));
  try {
    const first = createMonitor(settings);
    for (let look = 1; look <= looks; look++) {
      await Promise.all(acts.map(({ script }) => script.next()));
      time.next();
      await first.look();
    }
    const found = byName(first.latest());
    const lags = new Map(await Promise.all(acts.map(async ({ name, stage }) => [name, await first.lagOf(stage.group)] as const)));
    const oracle = await ask?.(groups);
    await first.close();
    const second = createMonitor(settings);
    const restarted = byName(await second.look());
    await second.close();
    return { found, restarted, lags, oracle };
  } finally {
    await Promise.all(
      acts.map(async ({ script, stage }) => {
        // To the end: what it has open is closed.
        while ((await script.next()).done !== true);
        await stage.close();
      }),
    );
  }
}
