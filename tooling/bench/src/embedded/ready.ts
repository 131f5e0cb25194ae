import { once } from "node:events";
import type { Benchmark } from "../benchmark.ts";
import { summarize } from "../statistics.ts";
import { messageOf, startScript } from "./broker-process.ts";

/** From the call of `startEmbeddedKafka` to the first answer to ApiVersions, each time in a fresh process. Lower is better. */
export const ready: Benchmark = {
  name: "ready-ms",
  unit: "ms",
  setup: async () => {
    const imports: number[] = [];
    return {
      ours: async () => {
        const child = startScript(new URL("./run-ready.ts", import.meta.url));
        const exit = once(child, "exit");
        const { importMs, readyMs } = await messageOf<{ importMs: number; readyMs: number }>(child);
        await exit;
        imports.push(importMs);
        return readyMs;
      },
      note: () => `import of the package from source before that: ${summarize(imports).median.toFixed(0)} ms`,
      close: async () => {},
    };
  },
};
