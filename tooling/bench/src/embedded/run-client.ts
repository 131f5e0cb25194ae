import type { ClientRound } from "./client-process.ts";
import { openConsumeWorkload } from "./consume-workload.ts";
import { openProduceWorkload } from "./produce-workload.ts";

// A client of a comparison. It works when it is told to, until the benchmark that started it lets go of it.
const [kind, ...brokers] = process.argv.slice(2);
const workload = await (kind === "produce" ? openProduceWorkload(brokers) : openConsumeWorkload(brokers));
async function work(): Promise<void> {
  const before = performance.eventLoopUtilization();
  const rate = await workload.round();
  process.send?.({ rate, busyShare: performance.eventLoopUtilization(before).utilization } satisfies ClientRound);
}
process.on("message", () => void work());
process.on("disconnect", () => void workload.close());
process.send?.("ready");
