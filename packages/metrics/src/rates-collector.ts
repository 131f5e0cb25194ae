import { type Clock, systemClock } from "@millrace/core";
import type { ConsumerStatistics, ProducerStatistics } from "@millrace/kafka";

/** What a producer and a consumer do in a second, on average since the collection before. */
export interface Rates {
  readonly producer: {
    /** Bytes of batches that were stored. */
    readonly outgoing_byte_rate: number;
    /** Batches that were sent and answered. */
    readonly request_rate: number;
    readonly response_rate: number;
  };
  readonly consumer: {
    /** Bytes of keys and values that were delivered. */
    readonly incoming_byte_rate: number;
    readonly records_consumed_rate: number;
  };
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
}

/** Whose figures are collected; what is left out counts as 0. */
export interface RatesSources {
  readonly producer?: { statistics(): Partial<ProducerStatistics> };
  readonly consumer?: { statistics(): Partial<ConsumerStatistics> };
  readonly clock?: Clock;
}

const noRates = { sentBytes: 0, requests: 0, receivedBytes: 0, records: 0 };

/** Collects rates from what producers and consumers count. The first collection is about the time since the collector was made. */
export function createRatesCollector(sources: RatesSources): { collect(): Rates } {
  const { producer, consumer, clock = systemClock } = sources;
  const read = (): typeof noRates => {
    const sent = producer?.statistics();
    const received = consumer?.statistics();
    return {
      sentBytes: sent?.storedBytes ?? 0,
      requests: sent?.batches ?? 0,
      receivedBytes: received?.deliveredBytes ?? 0,
      records: received?.delivered ?? 0,
    };
  };
  let before = read();
  let beforeMs = clock.monotonic();
  return {
    collect() {
      const now = read();
      const nowMs = clock.monotonic();
      const seconds = (nowMs - beforeMs) / 1_000;
      const rate = (figure: keyof typeof noRates): number => (seconds > 0 ? Math.max(0, now[figure] - before[figure]) / seconds : 0);
      const rates: Rates = {
        producer: { outgoing_byte_rate: rate("sentBytes"), request_rate: rate("requests"), response_rate: rate("requests") },
        consumer: { incoming_byte_rate: rate("receivedBytes"), records_consumed_rate: rate("records") },
        timestamp: clock.now(),
      };
      before = now;
      beforeMs = nowMs;
      return rates;
    },
  };
}
