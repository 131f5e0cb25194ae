import { abortable, type Cancel, ClosedError, withDeadline } from "@millrace/core";
import type { GroupReport } from "./group-report.ts";
import { stateLagGauges } from "./lag/lag-gauges.ts";
import { placeOf, readLogEnds } from "./lag/log-ends.ts";
import { createLook } from "./lag/look.ts";
import type { Monitor } from "./monitor.ts";
import { type MonitorOptions, resolveMonitorOptions } from "./monitor-options.ts";

/**
 * Makes a monitor. Nothing is contacted before the first look.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) with every problem
 */
export function createMonitor(input: MonitorOptions): Monitor {
  const options = resolveMonitorOptions(input);
  const { kafka, intervalMs, timeoutMs, onLook, clock, logger, instrumentation } = options;
  const admin = kafka.admin({ timeoutMs });
  const lookOnce = createLook(options, admin);
  const closing = new AbortController();
  let looking: Promise<readonly GroupReport[]> | undefined;
  let latest: readonly GroupReport[] = [];
  let cancelNext: Cancel | undefined;
  let closed: Promise<void> | undefined;

  const refuseClosed = (): void => {
    if (closing.signal.aborted) throw new ClosedError("the monitor");
  };

  const tell = (groups: readonly GroupReport[]): void => {
    const before = new Map(latest.map(({ group, status }) => [group, status]));
    for (const { group, status } of groups)
      if (before.get(group) !== status) logger.info("status of a group", { group, status, before: before.get(group) ?? null });
    stateLagGauges(instrumentation, groups, latest);
    latest = groups;
    onLook(groups);
  };

  const look = async (): Promise<readonly GroupReport[]> => {
    try {
      const groups = await withDeadline(timeoutMs, (signal) => lookOnce.run(signal), {
        clock,
        signal: closing.signal,
        what: "a look at consumer groups",
      });
      tell(groups);
      return groups;
    } catch (error) {
      refuseClosed();
      throw error;
    } finally {
      looking = undefined;
    }
  };

  const share = (): Promise<readonly GroupReport[]> => {
    looking ??= look();
    return looking;
  };

  const keepLooking = async (): Promise<void> => {
    const begun = clock.monotonic();
    try {
      await share();
    } catch (error) {
      if (closing.signal.aborted) return;
      logger.warn("a look at consumer groups failed; the next one comes as usual", { error });
    }
    if (closing.signal.aborted) return;
    cancelNext = clock.schedule(Math.max(0, intervalMs - (clock.monotonic() - begun)), () => void keepLooking());
  };

  const close = async (): Promise<void> => {
    closing.abort();
    cancelNext?.();
    await looking?.catch(() => undefined);
    await lookOnce.close();
    await admin.close();
  };

  let started = false;
  const monitor: Monitor = {
    start() {
      refuseClosed();
      if (started) return;
      started = true;
      void keepLooking();
    },
    async look({ signal } = {}) {
      refuseClosed();
      return await abortable(share(), { signal, what: "waiting for a look at consumer groups" });
    },
    latest: () => latest,
    async lagOf(group, { signal } = {}) {
      refuseClosed();
      const committed = await admin.groupOffsets(group, undefined, { timeoutMs, signal, requireStable: false });
      const ends = await readLogEnds(admin, committed, { timeoutMs, signal, clock });
      return Object.fromEntries(
        committed.map((place) => [placeOf(place), Math.max(0, (ends.get(placeOf(place))?.end ?? 0) - place.offset)]),
      );
    },
    close() {
      closed ??= close();
      return closed;
    },
    [Symbol.asyncDispose]: () => monitor.close(),
  };
  return monitor;
}
