import type { Clock } from "@millrace/core";
import { KafkaError } from "../kafka-error.ts";

/** Counts the bytes that wait or are in flight, and holds senders back while there are too many. Kafka: `buffer.memory`, `max.block.ms`. */
export class SendBuffer {
  readonly #limitBytes: number;
  readonly #maxBlockMs: number;
  readonly #clock: Clock;
  readonly #seekers = new Set<() => void>();
  #bytes = 0;

  constructor(limitBytes: number, maxBlockMs: number, clock: Clock) {
    this.#limitBytes = limitBytes;
    this.#maxBlockMs = maxBlockMs;
    this.#clock = clock;
  }

  /** Bytes that wait or are in flight. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether somebody waits for room already. */
  get isContested(): boolean {
    return this.#seekers.size > 0;
  }

  hasRoom(bytes: number): boolean {
    return this.#bytes === 0 || this.#bytes + bytes <= this.#limitBytes;
  }

  take(bytes: number): void {
    this.#bytes += bytes;
  }

  give(bytes: number): void {
    this.#bytes -= bytes;
    for (const wake of this.#seekers) wake();
    this.#seekers.clear();
  }

  /**
   * Resolves when there may be room again.
   * @throws KafkaError (`KAFKA_BUFFER_FULL`) at the deadline
   */
  async room(topic: string, bytes: number, deadlineMs: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const wake = (): void => {
        cancel();
        resolve();
      };
      this.#seekers.add(wake);
      const cancel = this.#clock.schedule(Math.max(0, deadlineMs - this.#clock.monotonic()), () => {
        this.#seekers.delete(wake);
        reject(
          new KafkaError({
            code: "KAFKA_BUFFER_FULL",
            message: `no room for a message of ${bytes} bytes to "${topic}" within maxBlockMs (${this.#maxBlockMs} ms): ${this.#bytes} of ${this.#limitBytes} bytes (bufferBytes) wait for the broker; send slower, or await the sends`,
            retryable: true,
            topic,
          }),
        );
      });
    });
  }
}
