import { abortable, withDeadline } from "@millrace/core";
import type { Admin } from "@millrace/kafka";
import type { GroupReport, PartitionReport } from "../group-report.ts";
import type { ResolvedMonitorOptions } from "../monitor-options.ts";
import type { FirstRecordAnswer } from "./first-records.ts";
import { groupStatus } from "./group-status.ts";
import type { LagSample } from "./lag-sample.ts";
import { LagWindows } from "./lag-windows.ts";
import { placeOf } from "./log-ends.ts";
import { partitionLag, sampleOf, unreadRange } from "./partition-lag.ts";
import { partitionStatus } from "./partition-status.ts";
import { type GroupReading, type PartitionReading, readGroups, withLogEnds } from "./read-groups.ts";
import { createRecordAges } from "./record-ages.ts";
import { createSampleLog, type SampleKey } from "./sample-log.ts";

/** Looks at groups, one time after another. */
export interface Look {
  /** One call at a time. @throws KafkaError, AbortedError */
  run(signal: AbortSignal): Promise<readonly GroupReport[]>;
  close(): Promise<void>;
}

/** Samples that are older than so many windows tell nothing about now. */
const windowsKept = 2;
/** By when the parts of a look end, as shares of its time: none may use up all of it. */
const shares = { restored: 0.2, grouped: 0.4, ended: 0.65, aged: 0.85, stored: 0.95 } as const;
/** What the clock on the wall and the other one may differ by from one look to the next before it was set. */
const setMs = 5_000;

/** Makes what takes samples, keeps them and judges by them. */
export function createLook(options: ResolvedMonitorOptions, admin: Admin): Look {
  const { groups, isolation, intervalMs, window, readsRecords, pausedPartitions, samples, timeoutMs, clock, logger } = options;
  const windows = new LagWindows(window);
  const ages = createRecordAges(options);
  const log = samples === null ? null : createSampleLog({ ...options, ...samples, timeoutMs: Math.ceil(timeoutMs * shares.restored) });
  let isRestored = log === null;
  let troubled: ReadonlySet<string> = new Set();
  let lastLook: { readonly wall: number; readonly monotonic: number } | undefined;

  /** Samples keep their distance to now when the clock is set. */
  const followClock = (): void => {
    const now = { wall: clock.now(), monotonic: clock.monotonic() };
    const byMs = lastLook === undefined ? 0 : Math.round(now.wall - lastLook.wall - (now.monotonic - lastLook.monotonic));
    lastLook = now;
    if (Math.abs(byMs) < setMs) return;
    logger.warn("the clock was set; samples are moved with it", { byMs });
    windows.shift(byMs);
  };

  const restore = async (partMs: number, signal: AbortSignal): Promise<void> => {
    if (isRestored || log === null) return;
    const from = clock.now() - windowsKept * window * intervalMs;
    try {
      const stored = await withDeadline(partMs, (given) => log.read(given), { clock, signal, what: "reading the samples topic" });
      for (const { key, samples: found } of stored) {
        const isWatched = typeof groups === "function" ? groups(key.group) : groups.includes(key.group);
        if (isWatched)
          windows.restore(
            key,
            found.filter(({ at }) => at >= from && at <= clock.now()),
          );
      }
      isRestored = true;
    } catch (error) {
      signal.throwIfAborted();
      logger.warn("samples could not be read; it is tried again with the next look", { topic: samples?.topic, error });
    }
  };

  const store = async (
    taken: ReadonlyMap<SampleKey, readonly LagSample[]>,
    gone: readonly SampleKey[],
    partMs: number,
    signal: AbortSignal,
  ): Promise<void> => {
    // Over what could not be read nothing is written.
    if (!isRestored || log === null) return;
    const changed = [...[...taken].map(([key, found]) => ({ key, samples: found })), ...gone.map((key) => ({ key, samples: null }))];
    try {
      await withDeadline(partMs, () => log.write(changed), { clock, signal, what: "writing the samples topic" });
    } catch (error) {
      signal.throwIfAborted();
      // Perhaps there is no topic any more: the next look sees to it.
      isRestored = false;
      logger.warn("samples could not be stored", { topic: samples?.topic, error });
    }
  };

  const pausedOf = async (group: string, signal: AbortSignal): Promise<ReadonlySet<string>> => {
    try {
      const told = (async () => await pausedPartitions(group))();
      return new Set([...(await abortable(told, { signal }))].map(placeOf));
    } catch (error) {
      signal.throwIfAborted();
      logger.warn("it could not be told what is paused", { group, error });
      return new Set();
    }
  };

  /** By group and partition: the first record that was not read. */
  const findAges = async (readings: readonly GroupReading[], call: { readonly timeoutMs: number; readonly signal: AbortSignal }) => {
    const questions = readings.flatMap(({ group, partitions }) =>
      partitions.flatMap((reading) => {
        const range = readsRecords ? unreadRange(reading, isolation) : undefined;
        return range === undefined ? [] : [{ reading, question: { group, topic: reading.topic, partition: reading.partition, ...range } }];
      }),
    );
    const answers = await ages.find(
      questions.map(({ question }) => question),
      call,
    );
    return new Map<PartitionReading, FirstRecordAnswer | null>(questions.map(({ reading }, index) => [reading, answers[index] ?? null]));
  };

  return {
    async run(signal) {
      const begun = clock.monotonic();
      const left = (share: number): number => Math.max(1, Math.floor(begun + timeoutMs * share - clock.monotonic()));
      followClock();
      await restore(left(shares.restored), signal);
      const part = { signal, clock };
      const grouped = await readGroups(admin, groups, { ...part, timeoutMs: left(shares.grouped), lastOnes: troubled });
      const readings = await withLogEnds(admin, grouped, { ...part, timeoutMs: left(shares.ended) });
      const at = clock.now();
      const [answers, paused] = await Promise.all([
        findAges(readings, { timeoutMs: left(shares.aged), signal }),
        Promise.all(readings.map(async ({ group }) => [group, await pausedOf(group, signal)] as const)).then((told) => new Map(told)),
      ]);
      // From here on nothing is waited for: a look that was given up leaves no samples behind.
      signal.throwIfAborted();
      const taken = new Map<SampleKey, readonly LagSample[]>();
      const keys: SampleKey[] = [];

      const judge = (group: string, reading: PartitionReading): Judged => {
        const { topic, partition, committed, log: ends, holder } = reading;
        const key = { group, topic, partition };
        const lag = partitionLag(reading, unreadRange(reading, isolation), answers.get(reading), at);
        const sample = sampleOf(reading, lag, at);
        keys.push(key);
        if (sample !== undefined) taken.set(key, windows.add(key, sample));
        const seen = windows.of(key);
        const report: PartitionReport = {
          topic,
          partition,
          committed,
          start: ends?.start ?? null,
          end: ends?.end ?? null,
          stableEnd: ends?.stableEnd ?? null,
          ...lag,
          holder,
          status:
            paused.get(group)?.has(placeOf(reading)) === true ? "paused" : sample === undefined ? "unknown" : partitionStatus(seen, window),
        };
        return { report, isComplete: seen.length >= window };
      };
      const reports: GroupReport[] = [];
      for (const { group, state, problem, partitions } of readings) {
        const judged = partitions.map((reading) => judge(group, reading));
        reports.push({ group, at, state, problem: problem ?? null, ...summary(judged) });
      }
      troubled = new Set(readings.filter(({ problem }) => problem !== undefined).map(({ group }) => group));
      const gone = windows.keep(keys, ({ group }) => troubled.has(group));
      await store(taken, gone, left(shares.stored), signal);
      return reports;
    },
    async close() {
      await log?.close();
    },
  };
}

interface Judged {
  readonly report: PartitionReport;
  readonly isComplete: boolean;
}

function summary(judged: readonly Judged[]): Omit<GroupReport, "group" | "at" | "state" | "problem"> {
  const partitions = judged.map(({ report }) => report);
  const largest = (values: readonly number[]): number | null => (values.length === 0 ? null : values.reduce((a, b) => Math.max(a, b)));
  const records = partitions.flatMap((report) => report.records ?? []);
  return {
    status: groupStatus(partitions.map(({ status }) => status)),
    complete: judged.length === 0 ? 1 : judged.filter(({ isComplete }) => isComplete).length / judged.length,
    totalRecords: records.reduce((sum, count) => sum + count, 0),
    maxRecords: largest(records),
    maxTimeMs: largest(partitions.flatMap(({ timeMs }) => timeMs ?? [])),
    partitions,
  };
}
