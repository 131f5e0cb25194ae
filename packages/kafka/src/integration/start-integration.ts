import type { IntegrationOptions } from "@millrace/config";
import { type Clock, type Logger, silentLogger, sleep, systemClock, withDeadline } from "@millrace/core";

/** What of an application needs Kafka, and how it is started. */
export interface StartIntegrationOptions<Started> {
  /** The section `integration` of a configuration. */
  readonly integration: Pick<IntegrationOptions, "enabled" | "retryDelaySeconds">;
  /** Starts it, or rejects and leaves nothing behind. It must stop when its signal aborts; what it gives too late is closed. */
  readonly start: (signal: AbortSignal) => Promise<Started>;
  /** How long one start may take, in milliseconds. @default 30_000 */
  readonly timeoutMs?: number | undefined;
  /** @default silentLogger */
  readonly logger?: Logger | undefined;
  /** @default systemClock */
  readonly clock?: Clock | undefined;
}

/** The part of an application that needs Kafka. */
export interface Integration<Started> {
  /** `disabled`: switched off; `waiting`: it could not be started, and is tried again; `closed`: by `close`. */
  readonly state: "disabled" | "waiting" | "running" | "closed";
  /** What was started, while it runs. */
  readonly current: Started | undefined;
  /** Ends the attempts and closes what was started. Idempotent. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts the part of an application that can do without Kafka. Resolves when the first attempt is over, whatever came of it: the application goes on. When it
 * failed, one warning says so, and it is tried again every `retryDelaySeconds` until it succeeds or `close` is called. Never rejects.
 */
export async function startIntegration<Started extends { close(): Promise<void> }>(
  options: StartIntegrationOptions<Started>,
): Promise<Integration<Started>> {
  const { integration, start, timeoutMs = 30_000, logger = silentLogger, clock = systemClock } = options;
  const closed = new AbortController();
  let state: Integration<Started>["state"] = integration.enabled ? "waiting" : "disabled";
  let current: Started | undefined;
  let closing: Promise<void> | undefined;

  /** The error of an attempt that failed. */
  const attempt = async (): Promise<{ readonly error: unknown } | undefined> => {
    let starting: Promise<Started> | undefined;
    const begin = (signal: AbortSignal): Promise<Started> => {
      starting = start(signal);
      return starting;
    };
    try {
      current = await withDeadline(timeoutMs, begin, { signal: closed.signal, clock, what: "starting the Kafka integration" });
      state = "running";
      return undefined;
    } catch (error) {
      starting?.then((late) => late.close()).catch(() => undefined);
      return { error };
    }
  };
  const attemptAgain = async (): Promise<void> => {
    for (;;) {
      await sleep(integration.retryDelaySeconds * 1_000, { signal: closed.signal, clock });
      const failure = await attempt();
      if (failure === undefined) break;
      logger.debug("Kafka integration could not be started", failure);
    }
    logger.info("Kafka integration started");
  };

  let attempts: Promise<void> | undefined;
  const failure = integration.enabled ? await attempt() : undefined;
  if (failure !== undefined) {
    logger.warn("Continuing without Kafka integration", { ...failure, retryDelaySeconds: integration.retryDelaySeconds });
    // It ends early only when it is closed.
    attempts = attemptAgain().catch(() => undefined);
  }
  const close = async (): Promise<void> => {
    closed.abort();
    await attempts;
    state = "closed";
    const started = current;
    current = undefined;
    await started?.close();
  };
  return {
    get state() {
      return state;
    },
    get current() {
      return current;
    },
    close: () => (closing ??= close()),
    [Symbol.asyncDispose]: () => (closing ??= close()),
  };
}
