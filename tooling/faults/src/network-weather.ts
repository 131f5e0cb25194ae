import { type Clock, type Random, sleep } from "@millrace/core";
import type { TcpProxy } from "@millrace/testing";
import { below, between, type Weather } from "./fault-ground.ts";

/** What a network may do for a while. */
const troubles: Readonly<Record<string, (proxy: TcpProxy, random: Random) => void>> = {
  latency: (proxy, random) => proxy.latency(0, between(random, 5, 100)),
  trickle: (proxy, random) => proxy.trickle(between(random, 20, 200), 1),
  "half-open": (proxy) => proxy.halfOpen(),
  cut: (proxy, random) => proxy.cut(random()),
  "cut-within": (proxy, random) => proxy.cutWithin(between(random, 1, 200)),
  refuse: (proxy) => proxy.refuse(),
};
const names = Object.keys(troubles);

/** A network that is bad in one way after another, and good in between. */
export function startNetworkWeather(proxy: TcpProxy, { random, clock }: { readonly random: Random; readonly clock: Clock }): Weather {
  const counts: Record<string, number> = {};
  const ending = new AbortController();
  const raining = (async () => {
    const { signal } = ending;
    for (;;) {
      await sleep(between(random, 5, 100), { clock, signal });
      const name = names[below(random, names.length)]!;
      counts[name] = (counts[name] ?? 0) + 1;
      troubles[name]!(proxy, random);
      await sleep(between(random, 5, 200), { clock, signal });
      // What is half open stays so until somebody gives it up, or the network is repaired.
      if (random() < 0.8) proxy.heal();
    }
  })().catch((error: unknown) => {
    if (!ending.signal.aborted) throw error;
  });
  raining.catch(() => {});
  return {
    async end() {
      ending.abort();
      await raining;
      proxy.heal();
      return counts;
    },
  };
}
