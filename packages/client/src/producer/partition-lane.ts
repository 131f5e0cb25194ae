import type { KafkaError, ProduceBatch, ProduceOutcome } from "@millrace/kafka";
import type { ProducerIdentity } from "./producer-identity.ts";

/** A batch between `send` and its outcome. */
export interface PendingBatch {
  readonly batch: ProduceBatch;
  readonly lane: PartitionLane;
  /** On the clock's monotonic time, as `deadline`. */
  readonly sentAtMs: number;
  readonly deadline: number;
  readonly settle: (outcome: ProduceOutcome) => void;
  /** The bytes of the last attempt; under the same number the broker must see the same bytes. */
  encoded: Buffer | undefined;
  /** Why the last attempt failed. */
  lastError: KafkaError | undefined;
  /** How often sending it failed. */
  attempts: number;
  /** Whether an attempt may have been stored although no answer says so. */
  uncertain: boolean;
  settled: boolean;
}

const sequenceNumbers = 2 ** 31;

/** A partition, for errors. */
export function describeLane({ topic, partition }: PartitionLane): { what: string; topic: string; partition: number } {
  return { what: `Producing to "${topic}" partition ${partition}`, topic, partition };
}

/** The batches of one partition, stored in the order they came: one is under way at a time. */
export class PartitionLane {
  readonly topic: string;
  readonly partition: number;
  readonly queue: PendingBatch[] = [];
  state: "idle" | "sending" | "waiting" = "idle";
  /** When the last batch came, on the clock's monotonic time. */
  usedAtMs = 0;
  /** How often in a row it had to wait. */
  failures = 0;
  identity: ProducerIdentity | undefined;
  /** The identity that this partition cannot use any more. */
  spent: ProducerIdentity | undefined;
  /** Number of the next record under the identity. */
  sequence = 0;

  constructor(topic: string, partition: number) {
    this.topic = topic;
    this.partition = partition;
  }

  adopt(identity: ProducerIdentity): void {
    this.identity = identity;
    this.sequence = 0;
  }

  /** Goes on under another identity. */
  abandonIdentity(): void {
    // The last one used stays known, or it would be handed out again.
    if (this.identity === undefined) return;
    this.spent = this.identity;
    this.identity = undefined;
  }

  /** The numbers of a stored batch are used up. */
  advance(records: number): void {
    this.sequence = (this.sequence + records) % sequenceNumbers;
    this.failures = 0;
  }
}
