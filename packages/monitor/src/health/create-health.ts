import { abortable, type Clock, InvalidOptionsError, sleep, systemClock, TimedOutError, withDeadline } from "@millrace/core";
import type { Health, HealthKind, HealthReport } from "./health.ts";
import { healthTimeProblems, healthTimes } from "./health-times.ts";
import type { Probe, ProbeAnswer } from "./probe.ts";

/** How to ask probes. */
export interface HealthOptions {
  readonly probes: readonly Probe[];
  /** How long a question waits; a probe that has not answered counts as it last did. Less than the second that Kubernetes waits. @default 800 */
  readonly waitMs?: number;
  /** How long a probe may take; it may outlast the question, and its answer counts for the next one. @default 5_000 */
  readonly timeoutMs?: number;
  /** For how long an answer is good: however often health is asked for, a probe looks no more often. @default 1_000 */
  readonly keepMs?: number;
  readonly clock?: Clock;
}

/** What is known of a probe. */
interface Watched {
  readonly probe: Probe;
  last: { readonly answer: ProbeAnswer; readonly at: number } | undefined;
  running: Promise<void> | undefined;
}

/** An answer that is older than this says nothing about whether something is ready now. */
const staleMs = 60_000;

/**
 * Makes what answers for a process. Nothing is looked at before it is asked for.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`)
 */
export function createHealth(options: HealthOptions): Health {
  const { waitMs: usualWaitMs, timeoutMs: usualTimeoutMs, keepMs: usualKeepMs } = healthTimes;
  const { probes, waitMs = usualWaitMs, timeoutMs = usualTimeoutMs, keepMs = usualKeepMs, clock = systemClock } = options;
  const names = probes.map(({ name }) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index).map((name) => `two probes are called ${name}`);
  const problems = [...twice, ...healthTimeProblems({ waitMs, timeoutMs, keepMs })];
  if (problems.length > 0) throw new InvalidOptionsError("health", problems);
  const watched = probes.map((probe): Watched => ({ probe, last: undefined, running: undefined }));
  const closing = new AbortController();
  let hasStarted = false;
  let closed: Promise<void> | undefined;

  const look = async (one: Watched): Promise<void> => {
    const { probe } = one;
    let answer: ProbeAnswer;
    try {
      const check = (signal: AbortSignal): Promise<ProbeAnswer> => abortable((async () => await probe.check(signal))(), { signal });
      answer = await withDeadline(timeoutMs, check, { clock, signal: closing.signal, what: `probe ${probe.name}` });
    } catch (error) {
      const code = TimedOutError.is(error) ? "probe-timed-out" : "probe-failed";
      const message = error instanceof Error ? error.message : String(error);
      // That it cannot be told is no reason to end a process, and does not save one either.
      answer = { ready: false, live: one.last?.answer.live ?? true, reasons: [{ code, message, error }] };
    }
    one.last = { answer, at: clock.monotonic() };
    one.running = undefined;
  };

  /** Looks where there is no good answer, and waits a while. */
  const ask = async (asked: readonly Watched[]): Promise<void> => {
    const now = clock.monotonic();
    for (const one of asked) {
      const isGood = one.last !== undefined && now - one.last.at < keepMs;
      if (!isGood) one.running ??= look(one);
    }
    const running = asked.flatMap((one) => one.running ?? []);
    if (running.length === 0) return;
    const waiting = new AbortController();
    const waited = sleep(waitMs, { clock, signal: waiting.signal }).catch(() => undefined);
    await Promise.race([Promise.all(running), waited]);
    waiting.abort();
  };

  const judge = (kind: HealthKind, { probe, last }: Watched): HealthReport["probes"][number] => {
    const { name } = probe;
    const noAnswer = [{ code: "no-answer", message: `it has not answered within ${waitMs} ms` }];
    if (kind === "liveness") return { name, isUp: last?.answer.live ?? true, reasons: last?.answer.reasons ?? noAnswer };
    if (last === undefined || clock.monotonic() - last.at > staleMs) return { name, isUp: false, reasons: noAnswer };
    return { name, isUp: last.answer.ready, reasons: last.answer.reasons };
  };

  const report = async (kind: HealthKind): Promise<HealthReport> => {
    const asked = kind === "liveness" ? watched.filter(({ probe }) => probe.judgesLiveness) : watched;
    if (closing.signal.aborted) {
      const reasons = [{ code: "closed", message: "health is closed" }];
      return { kind, isUp: false, probes: asked.map(({ probe: { name } }) => ({ name, isUp: false, reasons })) };
    }
    if (kind === "startup" && hasStarted) return { kind, isUp: true, probes: [] };
    await ask(asked);
    const judged = asked.map((one) => judge(kind, one));
    const isUp = judged.every((one) => one.isUp);
    if (isUp && kind !== "liveness") hasStarted = true;
    return { kind, isUp, probes: judged };
  };

  const close = async (): Promise<void> => {
    closing.abort();
    await Promise.all(watched.map(async ({ running }) => await running));
    await Promise.all(probes.map(async (probe) => await probe.close?.()));
  };

  const health: Health = {
    startup: () => report("startup"),
    readiness: () => report("readiness"),
    liveness: () => report("liveness"),
    close() {
      closed ??= close();
      return closed;
    },
    [Symbol.asyncDispose]: () => health.close(),
  };
  return health;
}
