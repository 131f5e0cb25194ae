import { strict as assert } from "node:assert";
import type { ClientEvent } from "../../client-event.ts";
import type { Kafka } from "../../kafka.ts";
import { KafkaError } from "../../kafka-error.ts";
import type { RawMessage } from "../../record.ts";
import { type CellContext, text } from "../cell-context.ts";
import type { ConformanceCell } from "../conformance-cell.ts";
import { until } from "../until.ts";

const requires = ["produce", "consumer-groups", "transactions"] as const;
const demand = (kafka: Kafka): unknown => kafka.transactionalProducer({ transactionalId: "refused" });

/** Sends texts to one partition and waits until they are stored. */
async function write(to: { sendRaw(message: RawMessage): Promise<unknown> }, topic: string, values: readonly string[]): Promise<void> {
  await Promise.all(values.map((value) => to.sendRaw(text(topic, value, 0))));
}

/** What a `read_committed` reader finds of a topic's first partition up to a last text, which is written for it. */
async function committedValues({ consume, fill }: CellContext, topic: string): Promise<readonly string[]> {
  await fill(topic, ["the end"]);
  const reader = await consume(topic);
  await reader.hasValue("the end");
  const values = reader.values.filter((value) => value !== "the end");
  await reader.consumer.close();
  return values;
}

/** The events of transactions of a connection, as they come. */
function transactionEvents(kafka: Kafka): { readonly seen: ClientEvent[]; readonly end: () => Promise<void> } {
  const seen: ClientEvent[] = [];
  const events = kafka.events();
  const reading = (async () => {
    for await (const event of events) if (event.type === "transaction-state" || event.type === "producer-fenced") seen.push(event);
  })();
  return {
    seen,
    async end() {
      await events.return?.();
      await reading;
    },
  };
}

const isKafkaError = (code: string) => (error: unknown) => KafkaError.is(error) && error.code === code;

/** Transactions: all of it or nothing, for messages and for offsets, and one producer per transactional id. */
export const transactionCells: readonly ConformanceCell[] = [
  {
    name: "a read_committed reader sees committed transactions and never aborted ones, control records reach nobody, and a second producer with the same id fences the first",
    requires,
    demand,
    async run(context) {
      const { connect, consume, fill, kafka, name, topic } = context;
      const topicName = await topic();
      const transactionalId = name("id");
      const first = kafka.transactionalProducer({ transactionalId });
      await first.begin();
      await write(first, topicName, ["a", "b"]);
      await first.commit();
      await first.begin();
      await write(first, topicName, ["never 1", "never 2"]);
      await first.abort();
      await first.begin();
      await write(first, topicName, ["never 3"]);
      const second = connect().transactionalProducer({ transactionalId });
      await second.begin();
      await write(second, topicName, ["c"]);
      await second.commit();
      await assert.rejects(first.commit(), isKafkaError("PRODUCER_FENCED"));
      await fill(topicName, ["end"]);
      const committed = await consume(topicName);
      const everything = await consume(topicName, { isolation: "read_uncommitted" });
      await Promise.all([committed.hasValue("end"), everything.hasValue("end")]);
      assert.deepEqual(committed.values, ["a", "b", "c", "end"]);
      assert.deepEqual(everything.values, ["a", "b", "never 1", "never 2", "never 3", "c", "end"]);
      // Two messages, a marker, two messages, a marker, one and a marker, one and a marker.
      assert.deepEqual(
        committed.records.map(({ offset }) => offset),
        [0, 1, 8, 10],
      );
      assert.equal(committed.consumer.position({ topic: topicName, partition: 0 }), 11);
    },
  },
  {
    name: "a transaction over several partitions and topics is seen nowhere before its commit and everywhere after it",
    requires,
    demand,
    async run({ consume, kafka, name, topic }) {
      const topics = [await topic({ partitions: 2 }), await topic()];
      const reader = await consume(topics);
      await reader.holds(3);
      const producer = kafka.transactionalProducer({ transactionalId: name("id"), compression: "gzip" });
      await producer.begin();
      const places = [text(topics[0]!, "a", 0), text(topics[0]!, "b", 1), text(topics[1]!, "c", 0)];
      const stored = await Promise.all(places.map((message) => producer.sendRaw(message)));
      assert.deepEqual(
        stored.map(({ partition, offset }) => [partition, offset]),
        [
          [0, 0],
          [1, 0],
          [0, 0],
        ],
      );
      assert.equal(reader.records.length, 0);
      await producer.commit();
      await reader.hasRecords(3);
      assert.deepEqual(
        reader.values.toSorted((one, other) => one.localeCompare(other)),
        ["a", "b", "c"],
      );
      assert.equal(producer.state, "ready");
    },
  },
  {
    name: "commit waits for messages that nobody awaits, and every change of state is an event",
    requires,
    demand,
    async run(context) {
      const { connect, name, topic } = context;
      const topicName = await topic();
      const kafka = connect();
      const { seen, end } = transactionEvents(kafka);
      const transactionalId = name("id");
      const producer = kafka.transactionalProducer({ transactionalId });
      await producer.begin();
      const values = Array.from({ length: 200 }, (_, index) => `${index}`);
      for (const value of values) void producer.sendRaw(text(topicName, value, 0));
      await producer.commit();
      await producer.begin();
      await producer.abort();
      await kafka.close();
      const states = [
        "initialising",
        "ready",
        "in_transaction",
        "committing",
        "committed",
        "ready",
        "in_transaction",
        "aborting",
        "aborted",
      ];
      states.push("ready", "closed");
      const expected = states.slice(1).map((to, index) => ({ type: "transaction-state", transactionalId, from: states[index], to }));
      assert.deepEqual(seen, expected);
      await end();
      assert.deepEqual(await committedValues(context, topicName), values);
    },
  },
  {
    name: "offsets of a transaction are the group's when it is committed, and leave no trace when it is aborted",
    requires: [...requires, "commit-metadata"],
    demand,
    async run({ admin, consume, fill, kafka, name, topic }) {
      const topicName = await topic();
      await fill(topicName, ["a", "b", "c"]);
      const group = name("group");
      const reader = await consume(topicName, { group });
      await reader.hasRecords(3);
      const place = { topic: topicName, partition: 0 };
      const producer = kafka.transactionalProducer({ transactionalId: name("id") });
      await producer.begin();
      await producer.sendOffsets([{ ...place, offset: 2, metadata: "größe" }], reader.consumer.groupMetadata()!);
      // Whoever asks meanwhile waits for the end.
      const asked = reader.consumer.committed([place]);
      await producer.commit();
      const [answer] = await asked;
      assert.ok(answer!.offset === 2 || answer!.offset === -1, `the offset is ${answer!.offset}`);
      await until("the committed offset", async () => (await admin.groupOffsets(group, [topicName]))[0]?.offset === 2);
      assert.deepEqual(await reader.consumer.committed([place]), [{ ...place, offset: 2, metadata: "größe" }]);
      await producer.begin();
      await producer.sendOffsets([{ ...place, offset: 3 }], reader.consumer.groupMetadata()!);
      await producer.abort();
      assert.equal((await reader.consumer.committed([place]))[0]!.offset, 2);
      // A group without members takes them from anybody.
      const empty = name("group");
      await producer.transaction(async (transaction) => {
        await transaction.sendOffsets([{ ...place, offset: 1 }], { group: empty });
      });
      await until("the offset of the other group", async () => (await admin.groupOffsets(empty, [topicName]))[0]?.offset === 1);
    },
  },
  {
    name: "offsets of a membership that has ended are refused in a transaction, which can only be aborted; under the new one they are taken",
    requires: [...requires, "fenced-commits"],
    demand,
    async run({ connect, consume, fill, kafka, name, topic }) {
      const topicName = await topic({ partitions: 2 });
      await fill(topicName, ["a", "b"]);
      const group = name("group");
      const old = await consume(topicName, { group, heartbeatIntervalMs: 100 });
      await old.hasRecords(2);
      const stale = old.consumer.groupMetadata()!;
      const newer = await consume(topicName, { group, heartbeatIntervalMs: 100, kafka: connect() });
      await Promise.all([old.holds(1), newer.holds(1)]);
      const producer = kafka.transactionalProducer({ transactionalId: name("id") });
      await producer.begin();
      await write(producer, topicName, ["out"]);
      const place = { topic: topicName, partition: 0 };
      await assert.rejects(producer.sendOffsets([{ ...place, offset: 2 }], stale), isKafkaError("COMMIT_STALE"));
      assert.equal(producer.state, "abortable_error");
      await assert.rejects(producer.commit(), isKafkaError("TRANSACTION_ABORTABLE"));
      await producer.abort();
      await producer.transaction(async (transaction) => {
        await transaction.sendOffsets([{ ...place, offset: 1 }], newer.consumer.groupMetadata()!);
      });
      await until("the offset", async () => (await newer.consumer.committed([place]))[0]!.offset === 1);
    },
  },
  {
    name: "a fenced producer can do nothing any more, and says so in an event",
    requires,
    demand,
    async run(context) {
      const { connect, name, topic } = context;
      const topicName = await topic();
      const kafka = connect();
      const { seen, end } = transactionEvents(kafka);
      const transactionalId = name("id");
      const zombie = kafka.transactionalProducer({ transactionalId });
      await zombie.begin();
      await write(zombie, topicName, ["zombie 1"]);
      const heir = connect().transactionalProducer({ transactionalId });
      await heir.begin();
      await write(heir, topicName, ["heir"]);
      await assert.rejects(write(zombie, topicName, ["zombie 2"]), isKafkaError("PRODUCER_FENCED"));
      assert.equal(zombie.state, "fenced");
      for (const call of [() => zombie.commit(), () => zombie.abort(), () => zombie.begin()]) {
        await assert.rejects(call, (error) => isKafkaError("PRODUCER_FENCED")(error) && /in state: fenced/.test(String(error)));
      }
      assert.equal(seen.filter(({ type }) => type === "producer-fenced").length, 1);
      await heir.commit();
      await zombie.close();
      await end();
      assert.deepEqual(await committedValues(context, topicName), ["heir"]);
    },
  },
  {
    name: "a message that the broker refuses makes its transaction abortable, and the next one is committed",
    requires,
    demand,
    async run(context) {
      const { kafka, name, topic } = context;
      const topicName = await topic({ configs: { "max.message.bytes": "2000" } });
      const producer = kafka.transactionalProducer({ transactionalId: name("id") });
      await producer.begin();
      await write(producer, topicName, ["before"]);
      await assert.rejects(producer.sendRaw(text(topicName, "x".repeat(5_000), 0)), isKafkaError("KAFKA_MESSAGE_TOO_LARGE"));
      assert.equal(producer.state, "abortable_error");
      await assert.rejects(producer.sendRaw(text(topicName, "after", 0)), isKafkaError("TRANSACTION_ABORTABLE"));
      await assert.rejects(producer.commit(), (error) => {
        return KafkaError.is(error) && error.code === "TRANSACTION_ABORTABLE" && KafkaError.is(error.cause);
      });
      await producer.abort();
      await producer.begin();
      await write(producer, topicName, ["next"]);
      await producer.commit();
      assert.deepEqual(await committedValues(context, topicName), ["next"]);
    },
  },
  {
    name: "transaction() commits what its work did, and aborts it when the work fails",
    requires,
    demand,
    async run(context) {
      const { kafka, name, topic } = context;
      const topicName = await topic();
      const producer = kafka.transactionalProducer({ transactionalId: name("id") });
      assert.equal(
        await producer.transaction(async (transaction) => {
          await write(transaction, topicName, ["kept"]);
          return "result";
        }),
        "result",
      );
      const failing = producer.transaction(async (transaction) => {
        await write(transaction, topicName, ["dropped"]);
        throw new Error("the work failed");
      });
      await assert.rejects(failing, /the work failed/);
      assert.equal(producer.state, "ready");
      await producer.transaction((transaction) => write(transaction, topicName, ["kept too"]));
      // Nothing was written: nothing to commit, nothing to abort.
      await producer.transaction(async () => undefined);
      await producer.begin();
      await producer.abort();
      assert.deepEqual(await committedValues(context, topicName), ["kept", "kept too"]);
    },
  },
  {
    name: "close aborts the open transaction, and its successor goes on",
    requires,
    demand,
    async run(context) {
      const { connect, name, topic } = context;
      const topicName = await topic();
      const transactionalId = name("id");
      const kafka = connect();
      const producer = kafka.transactionalProducer({ transactionalId });
      await producer.begin();
      await write(producer, topicName, ["open"]);
      const unacknowledged = producer.sendRaw(text(topicName, "on its way", 0));
      await producer.close();
      await assert.rejects(unacknowledged, isKafkaError("TRANSACTION_ABORTED"));
      await assert.rejects(producer.begin(), { code: "CLOSED" });
      // Nobody has to wait for a time-out: the reader gets past it.
      assert.deepEqual(await committedValues(context, topicName), []);
      const left = kafka.transactionalProducer({ transactionalId });
      await left.begin();
      await write(left, topicName, ["also open"]);
      await kafka.close();
      const successor = connect().transactionalProducer({ transactionalId });
      await successor.transaction((transaction) => write(transaction, topicName, ["done"]));
      assert.deepEqual(await committedValues(context, topicName), ["done"]);
    },
  },
  {
    name: "the broker aborts a transaction after its own time-out, and its producer goes on when it has aborted it too",
    requires,
    demand,
    async run(context) {
      const { consume, fill, kafka, name, topic } = context;
      const topicName = await topic();
      const producer = kafka.transactionalProducer({ transactionalId: name("id"), transactionTimeoutMs: 1_000 });
      await producer.begin();
      await write(producer, topicName, ["too late"]);
      await fill(topicName, ["behind it"]);
      const reader = await consume(topicName);
      // Until then everything behind the open transaction is held back.
      await reader.hasValue("behind it");
      await assert.rejects(producer.commit(), (error) => isKafkaError("TRANSACTION_ABORTABLE")(error) && /1000 ms/.test(String(error)));
      assert.equal(producer.state, "abortable_error");
      await producer.abort();
      await producer.transaction((transaction) => write(transaction, topicName, ["in time"]));
      assert.deepEqual(await committedValues(context, topicName), ["behind it", "in time"]);
    },
  },
  {
    name: "a member may claim transactional ids before its offsets are read, which then need not wait for what was left open",
    requires,
    demand,
    async run({ connect, consume, fill, name, topic }) {
      const topicName = await topic();
      await fill(topicName, ["a", "b", "c"]);
      const [group, transactionalId] = [name("group"), name("id")];
      const offsetAt = (offset: number) => [{ topic: topicName, partition: 0, offset }];
      const vanished = connect().transactionalProducer({ transactionalId });
      await vanished.transaction((transaction) => transaction.sendOffsets(offsetAt(1), { group }));
      await vanished.begin();
      // Left open for longer than this cell may take.
      await vanished.sendOffsets(offsetAt(2), { group });
      const told: unknown[] = [];
      const successor = connect().transactionalProducer({ transactionalId });
      const reader = await consume(
        topicName,
        { kafka: connect(), group },
        {
          onClaiming: async (partitions) => {
            told.push(partitions);
            await successor.begin();
          },
          onAssigned: (claims) => void told.push(claims.map(({ startOffset }) => startOffset)),
        },
      );
      await reader.hasValue("c");
      assert.deepEqual(told, [[{ topic: topicName, partition: 0 }], [1]]);
      assert.deepEqual(reader.values, ["b", "c"]);
    },
  },
  {
    name: "a hundred transactions in a row, every third aborted, are what is read, in order",
    requires,
    demand,
    async run(context) {
      const { kafka, name, topic } = context;
      const topicName = await topic();
      const producer = kafka.transactionalProducer({ transactionalId: name("id") });
      const expected: string[] = [];
      for (let index = 0; index < 100; index++) {
        await producer.begin();
        await write(producer, topicName, [`${index} a`, `${index} b`]);
        if (index % 3 === 2) await producer.abort();
        else {
          await producer.commit();
          expected.push(`${index} a`, `${index} b`);
        }
      }
      assert.deepEqual(await committedValues(context, topicName), expected);
    },
  },
];
