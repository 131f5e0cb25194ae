/** Values that never change once known, each loaded by one call however many ask for it at once. */
export interface SingleFlightCache<K, V> {
  /** The value, or the promise of the load under way. A failed load is not kept. */
  get(key: K, load: () => Promise<V>): V | Promise<V>;
  set(key: K, value: V): void;
}

/** Keeps at most `most` values; the oldest go first. */
export function createSingleFlightCache<K, V extends object | number>(most: number): SingleFlightCache<K, V> {
  const values = new Map<K, V>();
  const loads = new Map<K, Promise<V>>();
  const set = (key: K, value: V): void => {
    if (values.size >= most && !values.has(key)) {
      for (const oldest of values.keys()) {
        values.delete(oldest);
        break;
      }
    }
    values.set(key, value);
  };
  return {
    get(key, load) {
      const known = values.get(key);
      if (known !== undefined) return known;
      let loading = loads.get(key);
      if (loading === undefined) {
        loading = load()
          .then((value) => {
            set(key, value);
            return value;
          })
          .finally(() => loads.delete(key));
        loads.set(key, loading);
      }
      return loading;
    },
    set,
  };
}
