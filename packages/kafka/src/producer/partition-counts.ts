import { type Clock, TimedOutError, withDeadline } from "@millrace/core";
import type { TopicDescription } from "../driver/admin-topics.ts";
import type { DriverProducer } from "../driver/driver-producer.ts";
import { KafkaError } from "../kafka-error.ts";
import type { SharedResource } from "../shared-resource.ts";
import type { TopicLane } from "./topic-lane.ts";

/** Kafka: `metadata.max.age.ms`. */
const maxAgeMs = 300_000;

/** Opens the driver's producer on first use and learns from it how many partitions topics have. */
export class PartitionCounts {
  readonly #shared: SharedResource<DriverProducer>;
  readonly #clock: Clock;
  readonly #maxBlockMs: number;
  readonly #onConnected: (driver: DriverProducer) => void;
  #connecting: Promise<DriverProducer> | undefined;

  constructor(shared: SharedResource<DriverProducer>, clock: Clock, maxBlockMs: number, onConnected: (driver: DriverProducer) => void) {
    this.#shared = shared;
    this.#clock = clock;
    this.#maxBlockMs = maxBlockMs;
    this.#onConnected = onConnected;
  }

  /**
   * Sets a lane's partition count, by the deadline.
   * @throws KafkaError (`KAFKA_TIMED_OUT`, or what the driver failed with)
   */
  async count(lane: TopicLane, deadlineMs: number, options: { readonly refresh?: boolean } = {}): Promise<void> {
    const remainingMs = Math.max(0, deadlineMs - this.#clock.monotonic());
    try {
      const ask = async (): Promise<number> => (await this.#connect()).partitionCount(lane.topic, options);
      lane.partitionCount = await withDeadline(remainingMs, ask, { clock: this.#clock });
      lane.countedAtMs = this.#clock.monotonic();
    } catch (error) {
      if (!TimedOutError.is(error)) throw error;
      throw new KafkaError({
        code: "KAFKA_TIMED_OUT",
        message: `the partitions of topic "${lane.topic}" were not known within maxBlockMs (${this.#maxBlockMs} ms); is the broker reachable?`,
        retryable: true,
        topic: lane.topic,
        cause: error,
      });
    }
  }

  /** Asks again in the background when the last answer is old, so that added partitions are found. */
  refreshWhenOld(lane: TopicLane): void {
    const now = this.#clock.monotonic();
    if (now - lane.countedAtMs < maxAgeMs) return;
    lane.countedAtMs = now;
    // The old count stays good enough when this fails.
    this.count(lane, now + this.#maxBlockMs, { refresh: true }).catch(() => undefined);
  }

  /** The cluster's own words about a topic's partitions. */
  async describe(topic: string): Promise<TopicDescription["partitions"]> {
    return await (await this.#connect()).partitionsFor(topic);
  }

  async close(): Promise<void> {
    const connecting = this.#connecting;
    if (connecting === undefined) return;
    const isConnected = await connecting.then(
      () => true,
      () => false,
    );
    if (isConnected) await this.#shared.release();
  }

  #connect(): Promise<DriverProducer> {
    this.#connecting ??= this.#shared.acquire().then(
      (driver) => {
        this.#onConnected(driver);
        return driver;
      },
      (error: unknown) => {
        this.#connecting = undefined;
        throw error;
      },
    );
    return this.#connecting;
  }
}
