import { strict as assert } from "node:assert";
import type { ClientEvent } from "../../client-event.ts";
import { KafkaError } from "../../kafka-error.ts";
import { type CellContext, text } from "../cell-context.ts";
import type { ConformanceCell } from "../conformance-cell.ts";
import { until } from "../until.ts";

/** The `records-lost` events of a connection. */
function lostRecords(kafka: CellContext["kafka"]): { readonly lost: ClientEvent[]; readonly end: () => Promise<void> } {
  const lost: ClientEvent[] = [];
  const events = kafka.events();
  const reading = (async () => {
    for await (const event of events) if (event.type === "records-lost") lost.push(event);
  })();
  return {
    lost,
    async end() {
      await events.return?.();
      await reading;
    },
  };
}

const twelve = Array.from({ length: 12 }, (_, index) => `${index}`);

/** Committed offsets, resets, and what retention takes away. */
export const offsetCells: readonly ConformanceCell[] = [
  {
    name: "committed offsets and their metadata come back as they were, unicode included",
    requires: ["produce", "consumer-groups", "commit-metadata"],
    async run({ admin, consume, fill, name, topic }) {
      const topicName = await topic({ partitions: 2 });
      await fill(topicName, twelve);
      const group = name("group");
      const reader = await consume(topicName, { group });
      await reader.hasRecords(12);
      const metadata = `settled above: größe 😀 ${"x".repeat(1_000)}`;
      const claim = reader.consumer.assignment().find(({ partition }) => partition === 0)!;
      assert.deepEqual(await reader.consumer.commit([{ claim, offset: 5, metadata }]), { stale: [] });
      const place = { topic: topicName, partition: 0 };
      assert.deepEqual(await reader.consumer.committed([place]), [{ ...place, offset: 5, metadata }]);
      const offsets = await admin.groupOffsets(group, [topicName]);
      assert.deepEqual(
        offsets.filter(({ offset }) => offset >= 0),
        [{ ...place, offset: 5, metadata }],
      );
      await reader.consumer.close();
      const next = await consume(topicName, { group });
      const again = (await next.holds(2)).find(({ partition }) => partition === 0)!;
      assert.deepEqual(again.committed, { offset: 5, metadata });
      assert.equal(again.startOffset, 5);
    },
  },
  {
    name: "4,096 bytes of metadata are stored, more are refused by name",
    requires: ["consumer-groups", "commit-metadata"],
    async run({ consume, topic }) {
      const topicName = await topic();
      const reader = await consume(topicName);
      const [claim] = await reader.holds(1);
      assert.deepEqual(await reader.consumer.commit([{ claim: claim!, offset: 0, metadata: "x".repeat(4_096) }]), { stale: [] });
      await assert.rejects(reader.consumer.commit([{ claim: claim!, offset: 0, metadata: "x".repeat(4_097) }]), (error) => {
        return KafkaError.is(error) && error.kafkaError === "OFFSET_METADATA_TOO_LARGE";
      });
    },
  },
  {
    name: "a new member starts at the committed offset, not before and not after",
    requires: ["produce", "consumer-groups"],
    async run({ connect, consume, fill, name, topic }) {
      const topicName = await topic();
      await fill(topicName, twelve);
      const group = name("group");
      const kafka = connect();
      const reader = await consume(topicName, { kafka, group });
      await reader.hasRecords(12);
      const [claim] = reader.consumer.assignment();
      await reader.consumer.commit([{ claim: claim!, offset: 9 }]);
      await reader.consumer.commit([{ claim: claim!, offset: 7 }]);
      await kafka.close();
      const restarted = await consume(topicName, { kafka: connect(), group });
      await restarted.hasRecords(5);
      assert.deepEqual(restarted.values, ["7", "8", "9", "10", "11"]);
    },
  },
  {
    name: "nobody commits by itself: a member that reads and leaves without committing leaves no offset",
    requires: ["produce", "consumer-groups"],
    async run({ admin, consume, fill, name, topic }) {
      const topicName = await topic();
      await fill(topicName, twelve);
      const group = name("group");
      const reader = await consume(topicName, { group });
      await reader.hasRecords(12);
      await reader.consumer.close();
      assert.ok((await admin.groupOffsets(group, [topicName])).every(({ offset }) => offset === -1));
    },
  },
  {
    name: "without an offset, earliest reads everything, latest only what comes, none fails",
    requires: ["produce", "consumer-groups", "reset-policy-none"],
    async run({ consume, fill, kafka, topic }) {
      const topicName = await topic();
      await fill(topicName, twelve);
      const earliest = await consume(topicName, { reset: "earliest" });
      const latest = await consume(topicName, { reset: "latest" });
      const none = await consume(topicName, { reset: "none" });
      await earliest.hasRecords(12);
      assert.equal((await latest.holds(1))[0]!.startOffset, 12);
      const failure = await none.fails();
      assert.ok(KafkaError.is(failure) && failure.code === "NO_OFFSET", String(failure));
      await kafka.producer().sendRaw(text(topicName, "new"));
      await latest.hasRecords(1);
      assert.deepEqual(latest.values, ["new"]);
    },
  },
  ...(["earliest", "latest", "none"] as const).map(
    (reset): ConformanceCell => ({
      name: `records that retention deleted are one event with their range, and reset ${reset} decides where to go on`,
      requires: ["produce", "consumer-groups", "delete-records", "reset-policy-none"],
      async run({ admin, connect, consume, fill, name, topic }) {
        const topicName = await topic();
        await fill(topicName, twelve);
        const group = name("group");
        await admin.setGroupOffsets(group, [{ topic: topicName, partition: 0, offset: 3, metadata: null }]);
        await admin.deleteRecords([{ topic: topicName, partition: 0, offset: 6 }]);
        const kafka = connect();
        const { lost, end } = lostRecords(kafka);
        const reader = await consume(topicName, { kafka, group, reset });
        if (reset === "none") {
          const failure = await reader.fails();
          assert.ok(KafkaError.is(failure) && failure.code === "NO_OFFSET", String(failure));
        } else {
          assert.equal((await reader.holds(1))[0]!.startOffset, reset === "earliest" ? 6 : 12);
          await fill(topicName, ["new"]);
          await reader.hasValue("new");
          assert.deepEqual(reader.values, reset === "earliest" ? [...twelve.slice(6), "new"] : ["new"]);
        }
        assert.deepEqual(lost, [{ type: "records-lost", group, topic: topicName, partition: 0, from: 3, to: 6 }]);
        // The group's own offset is nobody's to change but a commit's.
        assert.equal((await admin.groupOffsets(group, [topicName]))[0]!.offset, 3);
        await end();
      },
    }),
  ),
  {
    name: "records that retention deletes while they are waited for are one event, and reading goes on behind them",
    requires: ["produce", "consumer-groups", "delete-records"],
    async run({ admin, connect, consume, fill, topic }) {
      const topicName = await topic();
      for (let start = 0; start < 12; start += 3) await fill(topicName, twelve.slice(start, start + 3));
      const kafka = connect();
      const { lost, end } = lostRecords(kafka);
      let isHeld = false;
      let release: () => void = () => undefined;
      const reader = await consume(
        topicName,
        { kafka, maxPartitionFetchBytes: 1 },
        {
          onBatch: async () => {
            if (isHeld) return;
            isHeld = true;
            await new Promise<void>((resolve) => {
              release = resolve;
            });
          },
        },
      );
      await until("the first batch", () => isHeld);
      const position = reader.consumer.position({ topic: topicName, partition: 0 })!;
      await admin.deleteRecords([{ topic: topicName, partition: 0, offset: 9 }]);
      release();
      await until("the last record", () => reader.values.at(-1) === "11");
      assert.ok(position >= 3 && position <= 9, `the first batch ended at ${position}`);
      const expected = [...twelve.slice(0, position), ...twelve.slice(9)];
      assert.deepEqual(reader.values, expected);
      assert.equal(lost.length, position === 9 ? 0 : 1);
      if (position < 9) assert.deepEqual({ ...lost[0] }, { ...lost[0], from: position, to: 9 });
      await end();
    },
  },
  {
    name: "an offset beyond the end of the log is out of range: the reset policy decides",
    requires: ["produce", "consumer-groups", "reset-policy-none"],
    async run({ admin, consume, fill, name, topic }) {
      const topicName = await topic();
      await fill(topicName, twelve);
      const group = name("group");
      const none = name("group");
      for (const each of [group, none]) await admin.setGroupOffsets(each, [{ topic: topicName, partition: 0, offset: 99, metadata: null }]);
      const reader = await consume(topicName, { group });
      await reader.hasRecords(12);
      const failing = await consume(topicName, { group: none, reset: "none" });
      const failure = await failing.fails();
      assert.ok(KafkaError.is(failure) && failure.code === "NO_OFFSET", String(failure));
    },
  },
];
