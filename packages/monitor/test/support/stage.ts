import { type Clock, systemClock } from "@millrace/core";
import type { ConsumerHandlers, Kafka, PartitionClaim, TopicPartition } from "@millrace/kafka";
import { waitFor } from "@millrace/testing";

/** A group, a topic of one partition, and what a script does with them. */
export interface Stage {
  readonly kafka: Kafka;
  readonly topic: string;
  readonly group: string;
  /** Ages of the records at the time of the last look, in milliseconds; the first look came `lookMs` times the number of looks earlier. */
  readonly produce: (...agesMs: readonly number[]) => Promise<void>;
  /** Joins; the member takes every record and commits only what it is told to. */
  readonly join: () => Promise<Member>;
  /** Commits for a group without members. */
  readonly commit: (offset: number) => Promise<void>;
  /** Asks for a compaction at once, where that can be asked for. */
  readonly compact: () => void;
  /** What the group's consumers say they hold back. */
  readonly paused: TopicPartition[];
}

export interface Member {
  commit(offset: number): Promise<void>;
  leave(): Promise<void>;
}

/** Minutes, in milliseconds. */
export function minutes(...counts: readonly number[]): readonly number[] {
  return counts.map((count) => count * 60_000);
}

const lookMs = 30_000;

/** The monitor's time: it stands still, and every look is half a minute after the one before; the last one is at `end`. */
export function scriptedTime(looks: number): { readonly clock: Clock; readonly end: number; next(): void } {
  const end = Date.now();
  let now = end - looks * lookMs;
  return {
    clock: { ...systemClock, now: () => now, monotonic: () => now },
    end,
    next() {
      now += lookMs;
    },
  };
}

/** Sets a stage; `configs` are the topic's. */
export async function createStage(options: {
  readonly kafka: Kafka;
  readonly name: string;
  readonly end: number;
  readonly configs?: Readonly<Record<string, string>>;
  readonly compact: () => void;
}): Promise<Stage & { close(): Promise<void> }> {
  const { kafka, name, end, compact, configs = {} } = options;
  const topic = `${name}-topic`;
  const group = `${name}-group`;
  const admin = kafka.admin();
  await admin.createTopics([{ name: topic, partitions: 1, configs }]);
  const producer = kafka.producer({ lingerMs: 0 });
  const members: Member[] = [];
  return {
    kafka,
    topic,
    group,
    compact,
    paused: [],
    async produce(...agesMs) {
      for (const age of agesMs) {
        await producer.sendRaw({ topic, partition: 0, key: Buffer.from("k"), value: Buffer.from("v"), timestamp: end - age });
      }
    },
    async join() {
      let claim: PartitionClaim | undefined;
      const consumer = kafka.consumer({ group, reset: "earliest", sessionTimeoutMs: 10_000, heartbeatIntervalMs: 500 });
      const handlers: ConsumerHandlers = {
        onAssigned: ([first]) => {
          claim = first;
        },
        onBatch: () => {},
      };
      consumer.stopped.catch(() => undefined);
      await consumer.consume([topic], handlers);
      const held = await waitFor(() => claim, { timeoutMs: 30_000, what: `a member of ${group} holds its partition` });
      const member: Member = {
        async commit(offset) {
          await consumer.commit([{ claim: held, offset }]);
        },
        leave: () => consumer.close(),
      };
      members.push(member);
      return member;
    },
    async commit(offset) {
      await admin.setGroupOffsets(group, [{ topic, partition: 0, offset, metadata: null }]);
    },
    async close() {
      await Promise.all(members.map((member) => member.leave()));
      await producer.close();
      await admin.close();
    },
  };
}
