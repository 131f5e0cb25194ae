import type { Partition } from "../topics/partition.ts";

/** A fetch that waits for more data. */
export interface ParkedFetch {
  readonly connectionId: number | string;
  readonly partitions: readonly Partition[];
  /** Looks again, and settles when there is enough. */
  readonly tryComplete: () => void;
  /** Answers with what is there now. */
  readonly expire: () => void;
  /** Gives up without an answer: nobody is there to read it. */
  readonly abandon: () => void;
}

/** The fetches that wait, by the partitions they wait for. */
export class ParkedFetches {
  readonly #byPartition = new Map<Partition, Set<ParkedFetch>>();
  readonly #byConnection = new Map<number | string, Set<ParkedFetch>>();

  add(fetch: ParkedFetch): void {
    for (const partition of fetch.partitions) addTo(this.#byPartition, partition, fetch);
    addTo(this.#byConnection, fetch.connectionId, fetch);
  }

  /** Every parked fetch calls it once it has settled. */
  remove(fetch: ParkedFetch): void {
    for (const partition of fetch.partitions) removeFrom(this.#byPartition, partition, fetch);
    removeFrom(this.#byConnection, fetch.connectionId, fetch);
  }

  /** Something changed in these partitions. */
  wake(partitions: Iterable<Partition>): void {
    for (const partition of partitions) {
      const waiting = this.#byPartition.get(partition);
      // A fetch that completes takes itself out of the set.
      if (waiting !== undefined) for (const fetch of Array.from(waiting)) fetch.tryComplete();
    }
  }

  connectionClosed(connectionId: number | string): void {
    for (const fetch of Array.from(this.#byConnection.get(connectionId) ?? [])) fetch.abandon();
  }

  /** Answers everybody. */
  close(): void {
    for (const fetches of Array.from(this.#byConnection.values())) {
      for (const fetch of Array.from(fetches)) fetch.expire();
    }
  }
}

function addTo<Key>(map: Map<Key, Set<ParkedFetch>>, key: Key, fetch: ParkedFetch): void {
  const fetches = map.get(key);
  if (fetches === undefined) map.set(key, new Set([fetch]));
  else fetches.add(fetch);
}

function removeFrom<Key>(map: Map<Key, Set<ParkedFetch>>, key: Key, fetch: ParkedFetch): void {
  const fetches = map.get(key);
  if (fetches?.delete(fetch) === true && fetches.size === 0) map.delete(key);
}
