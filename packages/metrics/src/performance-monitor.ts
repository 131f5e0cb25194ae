import { type Clock, systemClock } from "@millrace/core";
import type { RecordMetadata } from "@millrace/kafka";

/** What was sent through a monitor. */
export interface PerformanceFigures {
  readonly messages_produced: number;
  /** Bytes of keys and values, as they were written. */
  readonly bytes_produced: number;
  readonly errors_total: number;
  /** Milliseconds from each send to its acknowledgement: of the latest 1,000 messages. */
  readonly latency_samples: readonly number[];
}

/** Counts messages, bytes and failures, and keeps the latest latencies. */
export interface PerformanceMonitor {
  /** Measures one send; settles as it does. */
  measure<Result extends Partial<Pick<RecordMetadata, "serializedKeySize" | "serializedValueSize">>>(
    send: () => Promise<Result>,
  ): Promise<Result>;
  /** Counts a message that was sent by other means. */
  recordMessage(bytes: number, latencyMs: number): void;
  recordError(): void;
  figures(): PerformanceFigures;
}

const mostSamples = 1_000;

/** Makes a monitor. Its memory is bounded. */
export function createPerformanceMonitor(options: { readonly clock?: Clock } = {}): PerformanceMonitor {
  const { clock = systemClock } = options;
  // A ring: the oldest sample is at `next` once it is full.
  const samples: number[] = [];
  let next = 0;
  let messages = 0;
  let bytesProduced = 0;
  let errors = 0;
  const monitor: PerformanceMonitor = {
    async measure(send) {
      const began = clock.monotonic();
      try {
        const stored = await send();
        const bytes = Math.max(0, stored.serializedKeySize ?? 0) + Math.max(0, stored.serializedValueSize ?? 0);
        monitor.recordMessage(bytes, clock.monotonic() - began);
        return stored;
      } catch (error) {
        monitor.recordError();
        throw error;
      }
    },
    recordMessage(bytes, latencyMs) {
      messages++;
      bytesProduced += bytes;
      samples[next] = latencyMs;
      next = (next + 1) % mostSamples;
    },
    recordError() {
      errors++;
    },
    figures: () => ({
      messages_produced: messages,
      bytes_produced: bytesProduced,
      errors_total: errors,
      latency_samples: samples.length < mostSamples ? [...samples] : [...samples.slice(next), ...samples.slice(0, next)],
    }),
  };
  return monitor;
}
