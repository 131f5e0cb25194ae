import { once } from "node:events";
import type { Benchmark } from "../benchmark.ts";
import { messageOf, startScript } from "../embedded/broker-process.ts";
import type { DriverName } from "./our-kafka.ts";

/** What ten logical producers that have sent and now do nothing take of a core, in percent, in a process of their own. Lower is better. */
export const idleCpuBenchmarks: readonly Benchmark[] = (["kafkajs", "platformatic"] as const).map((driver: DriverName) => ({
  name: driver === "kafkajs" ? "idle-cpu-percent" : "platformatic-idle-cpu-percent",
  unit: "percent",
  once: true,
  setup: async ({ kafkaBrokers: brokers = [] }) => {
    const child = startScript(new URL("./run-idle-producers.ts", import.meta.url), { parameters: [driver, ...brokers] });
    await messageOf(child);
    return {
      ours: async () => {
        child.send("measure");
        return await messageOf<number>(child);
      },
      close: async () => {
        const exit = once(child, "exit");
        child.disconnect();
        await exit;
      },
    };
  },
}));
