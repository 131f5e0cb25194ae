import { strict as assert } from "node:assert";
import { sleep } from "@millrace/core";
import type { ConsumedBatch, PartitionClaim } from "../../consumer/consumer.ts";
import { type CellContext, text } from "../cell-context.ts";
import type { ConformanceCell } from "../conformance-cell.ts";
import type { RecordingConsumer } from "../recording-consumer.ts";
import { until } from "../until.ts";

/** A member that commits what it has handled when its partitions go: an orderly hand-over. */
async function orderlyMember({ connect, consume }: CellContext, topic: string, group: string): Promise<RecordingConsumer> {
  const handled = new Map<PartitionClaim, number>();
  const running = new Map<PartitionClaim, Promise<void>>();
  const member: RecordingConsumer = await consume(
    topic,
    { kafka: connect(), group, rebalanceTimeoutMs: 10_000, heartbeatIntervalMs: 100 },
    {
      onBatch: async ({ claim, nextOffset }: ConsumedBatch) => {
        const work = new Promise<void>((resolve) => setImmediate(resolve));
        running.set(claim, work);
        await work;
        handled.set(claim, nextOffset);
      },
      onRevoked: async (claims, reason) => {
        for (const claim of claims) await running.get(claim);
        // Lets the batch that has just been handled be noted.
        await Promise.resolve();
        if (reason === "lost") return;
        const offsets = claims.filter((claim) => handled.has(claim)).map((claim) => ({ claim, offset: handled.get(claim)! }));
        assert.deepEqual(await member.consumer.commit(offsets), { stale: [] });
      },
    },
  );
  return member;
}

/** How members of a group share. */
export const groupCells: readonly ConformanceCell[] = [
  {
    name: "two members share the partitions of a topic, each held by one of them",
    requires: ["produce", "consumer-groups"],
    async run(context) {
      const { topic, name, connect, consume, fill } = context;
      const topicName = await topic({ partitions: 4 });
      const group = name("group");
      const members = await Promise.all([1, 2].map(() => consume(topicName, { kafka: connect(), group, heartbeatIntervalMs: 100 })));
      await Promise.all(members.map((member) => member.holds(2)));
      const held = members.flatMap(({ consumer }) => consumer.assignment().map(({ partition }) => partition));
      assert.deepEqual(
        held.sort((a, b) => a - b),
        [0, 1, 2, 3],
      );
      for (const partition of held) await fill(topicName, [`to ${partition}`], partition);
      await until("a record of each partition", () => members.reduce((sum, { records }) => sum + records.length, 0) === 4);
    },
  },
  {
    name: "a member that gets no partition waits, and takes over when the other leaves",
    requires: ["produce", "consumer-groups"],
    async run({ connect, consume, fill, kafka, name, topic }) {
      const topicName = await topic();
      const group = name("group");
      const first = await consume(topicName, { kafka: connect(), group, heartbeatIntervalMs: 100 });
      await first.holds(1);
      const second = await consume(topicName, { kafka: connect(), group, heartbeatIntervalMs: 100 });
      const admin = kafka.admin();
      await until("a stable group of two", async () => {
        const [found] = await admin.describeGroups([group]);
        return found?.state === "stable" && found.members.length === 2;
      });
      const holder = await until("a member that holds the partition", () => {
        return [first, second].find(({ consumer }) => consumer.assignment().length === 1);
      });
      const waiting = holder === first ? second : first;
      assert.deepEqual(waiting.consumer.assignment(), []);
      await fill(topicName, ["one"]);
      await holder.hasRecords(1);
      await holder.consumer.commit(holder.consumer.assignment().map((claim) => ({ claim, offset: 1 })));
      await holder.consumer.close();
      await waiting.holds(1);
      await fill(topicName, ["two"]);
      await waiting.hasRecords(1);
      assert.deepEqual([holder.values, waiting.values], [["one"], ["two"]]);
    },
  },
  {
    name: "when members join and leave in an orderly way, nothing is lost and nothing is handled twice",
    requires: ["produce", "consumer-groups", "awaited-revocation"],
    async run(context) {
      const { kafka, topic, name } = context;
      const topicName = await topic({ partitions: 4 });
      const group = name("group");
      const producer = kafka.producer();
      let sent = 0;
      const stop = new AbortController();
      const producing = (async () => {
        while (!stop.signal.aborted) {
          await Promise.all(Array.from({ length: 8 }, () => producer.sendRaw(text(topicName, `${sent}`, sent++ % 4))));
        }
      })();
      try {
        const first = await orderlyMember(context, topicName, group);
        await first.holds(4);
        await first.hasRecords(100);
        const second = await orderlyMember(context, topicName, group);
        await Promise.all([first.holds(2), second.holds(2)]);
        await second.hasRecords(100);
        await first.consumer.close();
        await second.holds(4);
        const third = await orderlyMember(context, topicName, group);
        await Promise.all([second.holds(2), third.holds(2)]);
        stop.abort();
        await producing;
        const members = [first, second, third];
        const count = (): number => members.reduce((sum, { records }) => sum + records.length, 0);
        await until(`all ${sent} records (${count()} were handled)`, () => count() >= sent);
        const values = members.flatMap((member) => member.values);
        assert.equal(new Set(values).size, sent);
        assert.equal(values.length, sent, `${values.length - sent} records were handled twice`);
        assert.ok(first.revoked.some(({ reason }) => reason === "rebalance"));
        assert.ok(first.revoked.some(({ reason }) => reason === "close"));
      } finally {
        stop.abort();
        await producing;
      }
    },
  },
  {
    name: "a commit on a claim that has ended is dropped, and the group's offset stays",
    requires: ["produce", "consumer-groups", "fenced-commits"],
    async run({ admin, connect, consume, fill, kafka, name, topic }) {
      const topicName = await topic();
      await fill(topicName, ["a", "b", "c"]);
      const group = name("group");
      const stale: unknown[] = [];
      const events = kafka.events();
      const reading = (async () => {
        for await (const event of events) if (event.type === "commit-stale") stale.push(event);
      })();
      const first = await consume(topicName, { group, heartbeatIntervalMs: 100 });
      await first.hasRecords(3);
      const [claim] = await first.holds(1);
      await first.consumer.commit([{ claim: claim!, offset: 2 }]);
      const second = await consume(topicName, { kafka: connect(), group, heartbeatIntervalMs: 100 });
      // Whoever gets the partition now, the claim of before has ended.
      await until("the end of the claim", () => claim!.signal.aborted);
      const late = [{ claim: claim!, offset: 1 }];
      assert.deepEqual(await first.consumer.commit(late), { stale: late });
      assert.deepEqual(stale, [{ type: "commit-stale", group, topic: topicName, partition: 0, offset: 1 }]);
      assert.equal((await admin.groupOffsets(group, [topicName]))[0]!.offset, 2);
      await Promise.all([first.consumer.close(), second.consumer.close()]);
      await events.return?.();
      await reading;
    },
  },
  {
    name: "a handler that takes longer than the session keeps its membership",
    requires: ["produce", "consumer-groups", "heartbeats-during-handlers"],
    async run({ consume, fill, name, topic }) {
      const topicName = await topic();
      await fill(topicName, ["slow"]);
      // The broker's shortest session, `group.min.session.timeout.ms`, is 6 s by default.
      const sessionTimeoutMs = 6_000;
      const reader = await consume(
        topicName,
        { group: name("group"), sessionTimeoutMs, heartbeatIntervalMs: 1_000 },
        {
          onBatch: () => sleep(sessionTimeoutMs + 2_000),
        },
      );
      await reader.hasRecords(1);
      const [batch] = reader.batches;
      assert.deepEqual(await reader.consumer.commit([{ claim: batch!.claim, offset: 1 }]), { stale: [] });
      assert.equal(reader.revoked.length, 0);
    },
  },
];
