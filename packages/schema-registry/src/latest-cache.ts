import type { Clock } from "@millrace/core";
import { createSingleFlight } from "./single-flight.ts";
import { keep } from "./single-flight-cache.ts";

/** Values that change, each as fresh as its registry can be asked. */
export interface LatestCache<V> {
  /**
   * The value of `key`: from memory while it is young enough; else loaded, by one call however many ask. When the load fails for a reason that may pass,
   * the last value known is good enough, marked by `asStale`. From then on that is given at once, and loads go on behind it, until one succeeds: an outage
   * keeps nobody waiting twice.
   */
  get(key: string, load: () => Promise<V>): Promise<V>;
  set(key: string, value: V): void;
  /** The next call asks. */
  forget(key: string): void;
}

/** How fresh, and how much. */
export interface LatestCacheOptions<V> {
  readonly ttlMs: number;
  readonly most: number;
  /** Whether a failure may pass. */
  readonly mayPass: (error: unknown) => boolean;
  /** What is known before anything was loaded. */
  readonly initial: (key: string) => V | undefined;
  readonly asStale: (value: V) => V;
  readonly clock: Clock;
}

/** How long a registry that could not be asked is left alone. */
const askAgainMs = 1_000;

interface Entry<V> {
  readonly value: V;
  readonly isStale: boolean;
  readonly askAt: number;
}

export function createLatestCache<V>(options: LatestCacheOptions<V>): LatestCache<V> {
  const { ttlMs, most, mayPass, initial, asStale, clock } = options;
  const entries = new Map<string, Entry<V>>();
  const flights = createSingleFlight<string, V>();
  const learn = (key: string, value: V, isStale: boolean, askInMs: number): void => {
    // Last in the order of use: the first is the one to go.
    entries.delete(key);
    keep(entries, key, { value, isStale, askAt: clock.monotonic() + askInMs }, most);
  };
  const load = async (key: string, start: () => Promise<V>, isCurrent: () => boolean): Promise<V> => {
    try {
      const value = await start();
      if (isCurrent()) learn(key, value, false, ttlMs);
      return value;
    } catch (error) {
      const last = entries.get(key)?.value ?? initial(key);
      if (last === undefined) throw error;
      if (!mayPass(error)) {
        // The next one waits for the answer again, and is told.
        if (isCurrent()) learn(key, last, false, 0);
        throw error;
      }
      const stale = asStale(last);
      if (isCurrent()) learn(key, stale, true, Math.max(ttlMs, askAgainMs));
      return stale;
    }
  };

  return {
    async get(key, start) {
      const known = entries.get(key);
      if (known !== undefined && clock.monotonic() < known.askAt) return known.value;
      const loading = flights.join(key, (isCurrent) => load(key, start, isCurrent));
      if (known?.isStale !== true) return await loading;
      loading.catch(() => undefined);
      return known.value;
    },
    set(key, value) {
      // What is under way may know less.
      flights.forget(key);
      learn(key, value, false, ttlMs);
    },
    forget(key) {
      entries.delete(key);
      flights.forget(key);
    },
  };
}
