import type { Meter } from "@opentelemetry/api";
import type { MetricDefinition } from "./metric-catalogue.ts";
import { MetricStore, type MetricStoreOptions } from "./metric-store.ts";

interface Shared {
  readonly store: MetricStore;
  users: number;
}

/** Where a meter has the store of those who measure with it. */
const place = Symbol("millrace.metric-store");

type SharingMeter = Meter & { [place]?: Shared | undefined };

/**
 * The store of a meter: one for all who measure with it. Of two that observe the same series OpenTelemetry would show what the later one says, and not the sum.
 * `release` lets go of it, and ends it with the last.
 */
export function shareMetricStore(
  options: MetricStoreOptions,
  catalogue: readonly MetricDefinition[],
): { readonly store: MetricStore; release(): void } {
  const meter: SharingMeter = options.meter;
  const shared = meter[place] ?? { store: new MetricStore(options), users: 0 };
  shared.users++;
  if (Object.isExtensible(meter)) Object.defineProperty(meter, place, { value: shared, configurable: true, writable: true });
  shared.store.add(catalogue);
  return {
    store: shared.store,
    release() {
      shared.users--;
      if (shared.users > 0) return;
      if (meter[place] === shared) meter[place] = undefined;
      shared.store.close();
    },
  };
}
