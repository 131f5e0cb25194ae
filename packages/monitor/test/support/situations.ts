import { sleep } from "@millrace/core";
import { readTopics } from "@millrace/kafka";
import { waitFor } from "@millrace/testing";
import type { GroupStatus, PartitionReport } from "../../src/index.ts";
import { minutes, type Stage } from "./stage.ts";

/** What a monitor has to find at the last of the looks. */
export type Expected = Pick<PartitionReport, "status" | "committed" | "records" | "isCaughtUp" | "timeMs"> & {
  readonly groupStatus: GroupStatus;
};

/** A scripted situation: what happens before each look. A script that has ended leaves things as they are. */
export interface Situation {
  readonly name: string;
  readonly configs?: Readonly<Record<string, string>>;
  readonly expected: Expected;
  readonly play: (stage: Stage) => AsyncGenerator<void, void, void>;
}

/** So many samples are a window, and one more are taken. */
export const window = 4;
export const looks = 5;

const minute = 60_000;
const caughtUp = { isCaughtUp: true, timeMs: 0 } as const;

export const situations: readonly Situation[] = [
  {
    name: "keeping-up",
    expected: { status: "ok", groupStatus: "ok", committed: 5, records: 0, ...caughtUp },
    async *play({ join, produce }) {
      const member = await join();
      for (let look = 1; look <= looks; look++) {
        await produce(minute);
        await member.commit(look);
        yield;
      }
    },
  },
  {
    name: "catching-up",
    expected: { status: "ok", groupStatus: "ok", committed: 5, records: 4, isCaughtUp: false, timeMs: 4 * minute },
    async *play({ join, produce }) {
      await produce(...minutes(9, 8, 7, 6, 5, 4, 3, 2, 1));
      const member = await join();
      for (let look = 1; look <= looks; look++) {
        await member.commit(look);
        yield;
      }
    },
  },
  {
    name: "slow-but-moving",
    expected: { status: "warning", groupStatus: "warning", committed: 5, records: 10, isCaughtUp: false, timeMs: 2 * minute },
    async *play({ join, produce }) {
      const member = await join();
      for (let look = 1; look <= looks; look++) {
        await produce(...minutes(look + 2, look + 1, look));
        await member.commit(look);
        yield;
      }
    },
  },
  {
    name: "idle",
    expected: { status: "idle", groupStatus: "idle", committed: 3, records: 0, ...caughtUp },
    async *play({ join, produce }) {
      await produce(...minutes(3, 2, 1));
      const member = await join();
      await member.commit(3);
      yield;
    },
  },
  {
    name: "stopped",
    expected: { status: "stopped", groupStatus: "error", committed: 2, records: 3, isCaughtUp: false, timeMs: 3 * minute },
    async *play({ join, produce }) {
      await produce(...minutes(5, 4, 3, 2));
      const member = await join();
      await member.commit(1);
      yield;
      await member.commit(2);
      await member.leave();
      yield;
      await produce(minute);
      yield;
    },
  },
  {
    name: "stalled-on-a-poison-record",
    expected: { status: "stalled", groupStatus: "error", committed: 1, records: 6, isCaughtUp: false, timeMs: 7 * minute },
    async *play({ join, produce }) {
      await produce(...minutes(8, 7));
      const member = await join();
      for (let look = 1; look <= looks; look++) {
        await produce(minute);
        await member.commit(1);
        yield;
      }
    },
  },
  {
    name: "rewound",
    expected: { status: "rewound", groupStatus: "error", committed: 2, records: 4, isCaughtUp: false, timeMs: 4 * minute },
    async *play({ join, produce, commit }) {
      await produce(...minutes(6, 5, 4, 3, 2, 1));
      const member = await join();
      await member.commit(6);
      yield;
      yield;
      await member.leave();
      await commit(1);
      yield;
      await commit(2);
      yield;
    },
  },
  {
    name: "paused",
    expected: { status: "paused", groupStatus: "paused", committed: 1, records: 2, isCaughtUp: false, timeMs: 2 * minute },
    async *play({ join, produce, paused, topic }) {
      await produce(...minutes(3, 2, 1));
      const member = await join();
      await member.commit(1);
      yield;
      paused.push({ topic, partition: 0 });
    },
  },
  {
    name: "without-commits",
    expected: { status: "unknown", groupStatus: "unknown", committed: null, records: null, isCaughtUp: null, timeMs: null },
    async *play({ join, produce }) {
      await produce(...minutes(3, 2, 1));
      await join();
      yield;
    },
  },
  {
    name: "compacted",
    configs: {
      "cleanup.policy": "compact",
      "segment.ms": "100",
      "min.cleanable.dirty.ratio": "0.01",
      "max.compaction.lag.ms": "100",
      "delete.retention.ms": "0",
    },
    expected: { status: "stopped", groupStatus: "error", committed: 1, records: 7, isCaughtUp: false, timeMs: 3 * minute },
    async *play({ kafka, topic, produce, commit, compact }) {
      await produce(...minutes(9, 8, 7, 6, 5, 4, 3));
      await commit(1);
      // What is being written to is not compacted: the last record opens a segment of its own, once `segment.ms` is over.
      await sleep(150);
      await produce(2 * minute);
      compact();
      await waitFor(
        async () => {
          const offsets: number[] = [];
          for await (const { offset } of readTopics(kafka, [topic])) offsets.push(offset);
          return offsets.length === 2;
        },
        { timeoutMs: 120_000, intervalMs: 500, what: "the log is compacted" },
      );
      yield;
    },
  },
  {
    name: "ending-in-an-aborted-transaction",
    expected: { status: "idle", groupStatus: "idle", committed: 3, records: 3, ...caughtUp },
    async *play({ kafka, topic, group, commit }) {
      const producer = kafka.transactionalProducer({ transactionalId: `${group}-aborted` });
      const message = { topic, partition: 0, key: null, value: Buffer.from("v") };
      await producer.transaction(async (kept) => {
        await Promise.all([kept.sendRaw(message), kept.sendRaw(message)]);
      });
      await producer.begin();
      await Promise.all([producer.sendRaw(message), producer.sendRaw(message)]);
      await producer.abort();
      await producer.close();
      // As a consumer that commits only behind records and markers it has seen.
      await commit(3);
      yield;
    },
  },
  {
    name: "behind-an-open-transaction",
    expected: { status: "idle", groupStatus: "idle", committed: 2, records: 1, ...caughtUp },
    async *play({ kafka, topic, group, produce, commit }) {
      await produce(...minutes(2, 1));
      await commit(2);
      // Open for as long as anybody looks, on a busy machine too.
      const producer = kafka.transactionalProducer({ transactionalId: `${group}-open`, transactionTimeoutMs: 600_000 });
      await producer.begin();
      await producer.sendRaw({ topic, partition: 0, key: null, value: Buffer.from("v") });
      yield;
      for (let look = 2; look <= looks; look++) yield;
      // Only when everything was looked at.
      await producer.abort();
      await producer.close();
    },
  },
  {
    name: "deleted-unread",
    expected: { status: "stopped", groupStatus: "error", committed: 1, records: 4, isCaughtUp: false, timeMs: 2 * minute },
    async *play({ kafka, topic, produce, commit }) {
      await produce(...minutes(5, 4, 3, 2, 1));
      await commit(1);
      yield;
      await kafka.admin().deleteRecords([{ topic, partition: 0, offset: 3 }]);
      yield;
    },
  },
  {
    name: "without-members-but-moving",
    expected: { status: "ok", groupStatus: "ok", committed: 5, records: 1, isCaughtUp: false, timeMs: minute },
    async *play({ produce, commit }) {
      await produce(...minutes(6, 5, 4, 3, 2, 1));
      for (let look = 1; look <= looks; look++) {
        await commit(look);
        yield;
      }
    },
  },
];
