import { AbortedError, type Clock, type Logger, type Random } from "@millrace/core";
import { type Consumer, type Kafka, type PartitionClaim, type TopicPartition, transactionalIdFor } from "@millrace/kafka";
import type { ClaimWork } from "../claim-work.ts";
import { pairWorks } from "../durable/pair-works.ts";
import type { Processor } from "../processor.ts";
import { ExactlyOnceUnit } from "./exactly-once-unit.ts";
import { FailedAttempts } from "./failed-attempts.ts";
import { PartitionTransaction } from "./partition-transaction.ts";
import { StepSize } from "./step-size.ts";

/** What exactly-once steps work with: one consumer's life. */
export interface ExactlyOnceParts {
  readonly kafka: Kafka;
  readonly group: string;
  readonly consumer: Pick<Consumer, "groupMetadata">;
  /** By topic, source and retry topics. */
  readonly processors: ReadonlyMap<string, Processor>;
  /** By partition. */
  readonly stepMemories: Map<string, StepMemory>;
  readonly sessionTimeoutMs: number;
  readonly commitIntervalMs: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** The runtime stops. */
  readonly signal: AbortSignal;
  /** Begins the work on these partitions anew with what is committed. */
  reset(claims: readonly PartitionClaim[]): Promise<void>;
  /** The runtime must stop. */
  halt(error: unknown): void;
}

/** The transactions of the partitions that a consumer holds. */
export interface ExactlyOnce {
  /** Claims the transactional ids of partitions that come. @throws KafkaError */
  onClaiming(partitions: readonly TopicPartition[]): Promise<void>;
  /** Works on these in steps from now on, if their processors say so. @throws RuntimeError (`RUNTIME_UNPAIRED_PARTITION`) */
  attach(works: readonly ClaimWork[]): void;
  /** Aborts what these left open when they had to end in the middle. @throws AbortedError, KafkaError */
  clean(works: readonly ClaimWork[]): Promise<void>;
  /** Aborts what is open of partitions that go. */
  release(works: readonly ClaimWork[]): Promise<void>;
  close(): Promise<void>;
}

/** What is known of the steps of a partition, aborted ones too: it outlives the consumer. */
export interface StepMemory {
  readonly failed: FailedAttempts;
  readonly size: StepSize;
}

/** What stays over all the steps of a partition while it is held. */
interface Slot extends StepMemory {
  readonly transaction: PartitionTransaction;
}

interface Coming {
  readonly processor: Processor;
  readonly source: ClaimWork;
  readonly retry: ClaimWork | undefined;
}

/** Makes the keeper of transactions. */
export function createExactlyOnce(parts: ExactlyOnceParts): ExactlyOnce {
  const { kafka, group, consumer, processors, stepMemories, commitIntervalMs, clock, random, logger, signal } = parts;
  const slots = new Map<string, Slot>();
  const closing = new Set<PartitionTransaction>();

  const closeSlot = async (key: string): Promise<void> => {
    const transaction = slots.get(key)?.transaction;
    slots.delete(key);
    if (transaction === undefined) return;
    closing.add(transaction);
    await transaction.close();
    closing.delete(transaction);
  };

  const claim = async ({ topic, partition }: TopicPartition): Promise<void> => {
    const processor = processors.get(topic);
    if (processor?.exactlyOnce === undefined || processor.topic !== topic) return;
    const { transactionTimeoutMs, maxBatchRecords } = processor.exactlyOnce;
    const key = keyOf({ topic, partition });
    // It was lost without a word.
    void closeSlot(key);
    const transaction = new PartitionTransaction({
      kafka,
      transactionalId: transactionalIdFor(group, topic, partition),
      transactionTimeoutMs,
      heartbeatMs: Math.min(3_000, parts.sessionTimeoutMs / 3),
      clock,
      random,
      logger,
      signal,
    });
    const memory = stepMemories.get(key) ?? { failed: new FailedAttempts(), size: new StepSize(maxBatchRecords) };
    stepMemories.set(key, memory);
    slots.set(key, { transaction, ...memory });
    await transaction.claim();
  };

  const begin = ({ processor, source, retry }: Coming): void => {
    const slot = slots.get(keyOf(source.claim));
    // It has gone meanwhile.
    if (slot === undefined) {
      source.drain();
      return;
    }
    const given = { consumer, group, commitIntervalMs, clock, logger, broken };
    const unit = new ExactlyOnceUnit({ ...given, ...slot, source, retry, release: (task) => processor.release(task) });
    for (const work of unit.works) {
      work.unit = unit;
      slot.failed.forgetBelow(work.claim.topic, work.startOffset);
    }
  };

  const broken = (unit: ExactlyOnceUnit, reason: unknown, isOwnFault: boolean): void => {
    beginAnew(unit, reason, isOwnFault).catch((error: unknown) => {
      if (!AbortedError.is(error)) parts.halt(error);
    });
  };

  const beginAnew = async (unit: ExactlyOnceUnit, reason: unknown, isOwnFault: boolean): Promise<void> => {
    const { topic, partition } = unit.source.claim;
    logger.warn("a transaction is aborted, and its records are handled again", { group, topic, partition, error: reason });
    await slots.get(keyOf(unit.source.claim))?.transaction.recover(reason, !isOwnFault);
    await parts.reset(unit.works.map(({ claim: held }) => held));
  };

  return {
    async onClaiming(partitions) {
      await Promise.all(partitions.map(claim));
    },
    attach(works) {
      const coming = [...new Set(processors.values())].flatMap((processor): Coming[] => {
        const { topic, retryTopic, exactlyOnce } = processor;
        if (exactlyOnce === undefined) return [];
        if (retryTopic !== undefined) return pairWorks({ topic, retryTopic }, works).map((pair) => ({ processor, ...pair }));
        return works.filter(({ claim: held }) => held.topic === topic).map((source) => ({ processor, source, retry: undefined }));
      });
      for (const one of coming) begin(one);
    },
    async clean(works) {
      const dirty = works.flatMap(({ claim: held }) => slots.get(keyOf(held)) ?? []).filter(({ transaction }) => transaction.isDirty);
      await Promise.all(dirty.map(({ transaction }) => transaction.recover(undefined, false)));
    },
    async release(works) {
      await Promise.all(works.map(({ claim: held }) => closeSlot(keyOf(held))));
    },
    async close() {
      const open = [...slots.values()].map(({ transaction }) => transaction);
      slots.clear();
      await Promise.all([...open, ...closing].map((transaction) => transaction.close()));
    },
  };
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${partition}@${topic}`;
}
