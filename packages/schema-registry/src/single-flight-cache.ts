import type { Clock } from "@millrace/core";
import { createSingleFlight } from "./single-flight.ts";

/** Values that never change once known, each loaded by one call however many ask for it at once. */
export interface SingleFlightCache<K, V> {
  /** The value, or the promise of the load under way. A failed load is not kept, unless it said that there is no such value. */
  get(key: K, load: () => Promise<V>): V | Promise<V>;
  /** The value, if it is known. */
  peek(key: K): V | undefined;
  /** Also ends what was known about a missing value. */
  set(key: K, value: V): void;
  /** Forgets what these keys had, what is missing included; a load under way is not kept. */
  forget(isGone: (key: K) => boolean): void;
  entries(): Iterable<readonly [K, V]>;
}

/** How much a cache keeps, and for how long. */
export interface SingleFlightCacheOptions {
  /** Values, and keys without one, each; the oldest go first. */
  readonly most: number;
  /** Whether a failure says that there is no such value. */
  readonly isMissing: (error: unknown) => boolean;
  /** How long that is believed, in milliseconds. */
  readonly missingTtlMs: number;
  readonly clock: Clock;
  /** Told of each value that was asked for, whether it was known. */
  readonly onLookup?: ((result: "hit" | "miss") => void) | undefined;
}

export function createSingleFlightCache<K, V extends object | number>(options: SingleFlightCacheOptions): SingleFlightCache<K, V> {
  const { most, isMissing, missingTtlMs, clock, onLookup } = options;
  const values = new Map<K, V>();
  const missing = new Map<K, { readonly error: unknown; readonly until: number }>();
  const flights = createSingleFlight<K, V>();

  const load = async (key: K, start: () => Promise<V>, isCurrent: () => boolean): Promise<V> => {
    try {
      const value = await start();
      if (isCurrent()) keep(values, key, value, most);
      return value;
    } catch (error) {
      if (missingTtlMs > 0 && isMissing(error) && isCurrent() && !values.has(key)) {
        keep(missing, key, { error, until: clock.monotonic() + missingTtlMs }, most);
      }
      throw error;
    }
  };

  return {
    get(key, start) {
      const known = values.get(key);
      if (known !== undefined) {
        onLookup?.("hit");
        return known;
      }
      const absent = missing.get(key);
      if (absent !== undefined) {
        if (clock.monotonic() < absent.until) {
          onLookup?.("hit");
          return Promise.reject(absent.error);
        }
        missing.delete(key);
      }
      onLookup?.("miss");
      return flights.join(key, (isCurrent) => load(key, start, isCurrent));
    },
    peek: (key) => values.get(key),
    set(key, value) {
      missing.delete(key);
      keep(values, key, value, most);
    },
    forget(isGone) {
      for (const known of [values, missing]) for (const key of known.keys()) if (isGone(key)) known.delete(key);
      for (const key of flights.keys()) if (isGone(key)) flights.forget(key);
    },
    entries: () => values.entries(),
  };
}

/** Adds an entry; the oldest goes when there are too many. */
export function keep<K, V>(map: Map<K, V>, key: K, value: V, most: number): void {
  if (map.size >= most && !map.has(key)) {
    for (const oldest of map.keys()) {
      map.delete(oldest);
      break;
    }
  }
  map.set(key, value);
}
