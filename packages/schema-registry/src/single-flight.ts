/** One load for each key, however many ask for it at once. */
export interface SingleFlight<K, V> {
  /** The load under way, else a new one. `isCurrent` tells whether its result is still wanted: `forget` may have come between. */
  join(key: K, load: (isCurrent: () => boolean) => Promise<V>): Promise<V>;
  /** Those who wait get what they wait for; the next one starts a new load. */
  forget(key: K): void;
  keys(): Iterable<K>;
}

export function createSingleFlight<K, V>(): SingleFlight<K, V> {
  const flights = new Map<K, { promise?: Promise<V> }>();
  return {
    join(key, load) {
      const under = flights.get(key)?.promise;
      if (under !== undefined) return under;
      const flight: { promise?: Promise<V> } = {};
      flights.set(key, flight);
      const isCurrent = (): boolean => flights.get(key) === flight;
      flight.promise = (async () => {
        try {
          return await load(isCurrent);
        } finally {
          if (isCurrent()) flights.delete(key);
        }
      })();
      return flight.promise;
    },
    forget: (key) => void flights.delete(key),
    keys: () => flights.keys(),
  };
}
