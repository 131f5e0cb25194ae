import { expect, test } from "vitest";
import { createPerformanceMonitor } from "./performance-monitor.ts";

test("[002-36] messages, bytes and errors are counted, and the latest 1000 latencies are kept", async () => {
  let now = 0;
  const clock = { now: () => now, monotonic: () => now, schedule: () => () => {} };
  const monitor = createPerformanceMonitor({ clock });
  expect(monitor.figures()).toEqual({ messages_produced: 0, bytes_produced: 0, errors_total: 0, latency_samples: [] });
  const stored = await monitor.measure(async () => {
    now += 12;
    return { serializedKeySize: 3, serializedValueSize: 7, offset: 1 };
  });
  expect(stored.offset).toBe(1);
  await monitor.measure(async () => ({ serializedKeySize: -1, serializedValueSize: -1 }));
  await expect(monitor.measure(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(monitor.figures()).toEqual({ messages_produced: 2, bytes_produced: 10, errors_total: 1, latency_samples: [12, 0] });
  for (let sample = 1; sample <= 2_500; sample++) monitor.recordMessage(2, sample);
  const { latency_samples: samples, ...counts } = monitor.figures();
  expect(counts).toEqual({ messages_produced: 2_502, bytes_produced: 5_010, errors_total: 1 });
  expect(samples).toEqual(Array.from({ length: 1_000 }, (_, index) => 1_501 + index));
});
