import type { Clock } from "@millrace/core";
import type { KafkaRecord } from "../record.ts";
import type { ConsumerStatistics } from "./consumer.ts";

/** Counts what a consumer does. */
export class Consumption {
  readonly #clock: Clock;
  #delivered = 0;
  #handled = 0;
  #failed = 0;
  #deliveredBytes = 0;
  #lastDeliveredAt: number | null = null;
  #lastHandledAt: number | null = null;
  #lastFailedAt: number | null = null;
  #lastHeartbeatAt: number | null = null;
  #lastFetchedAt: number | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  delivered(records: readonly KafkaRecord[]): void {
    if (records.length === 0) return;
    for (const { key, value } of records) this.#deliveredBytes += (key?.length ?? 0) + (value?.length ?? 0);
    this.#delivered += records.length;
    this.#lastDeliveredAt = this.#clock.now();
  }

  handled(records: readonly KafkaRecord[]): void {
    if (records.length === 0) return;
    this.#handled += records.length;
    this.#lastHandledAt = this.#clock.now();
  }

  failed(records: readonly KafkaRecord[]): void {
    this.#failed += records.length;
    this.#lastFailedAt = this.#clock.now();
  }

  answered(request: "heartbeat" | "fetch"): void {
    if (request === "fetch") this.#lastFetchedAt = this.#clock.now();
    else this.#lastHeartbeatAt = this.#clock.now();
  }

  statistics(): ConsumerStatistics {
    return {
      delivered: this.#delivered,
      handled: this.#handled,
      failed: this.#failed,
      deliveredBytes: this.#deliveredBytes,
      lastDeliveredAt: this.#lastDeliveredAt,
      lastHandledAt: this.#lastHandledAt,
      lastFailedAt: this.#lastFailedAt,
      lastHeartbeatAt: this.#lastHeartbeatAt,
      lastFetchedAt: this.#lastFetchedAt,
    };
  }
}
