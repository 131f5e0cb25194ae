import { strict as assert } from "node:assert";
import { KafkaError } from "../../kafka-error.ts";
import { text } from "../cell-context.ts";
import type { ConformanceCell } from "../conformance-cell.ts";
import { until } from "../until.ts";

const unreachableLimitMs = 15_000;

/** Connecting, failing to, and leaving nothing behind. */
export const connectionCells: readonly ConformanceCell[] = [
  {
    name: "connects on first use and answers",
    requires: ["produce"],
    async run({ admin, topic }) {
      const name = await topic();
      assert.ok((await admin.listTopics()).includes(name));
    },
  },
  {
    name: "a cluster that does not answer is one clear error within its deadline, for a producer, a consumer and an admin client",
    requires: ["produce", "consumer-groups"],
    async run({ target, name }) {
      const kafka = target.createUnreachableKafka();
      try {
        const startedAt = performance.now();
        const consumer = kafka.consumer({ group: name("group") });
        const consuming = consumer.consume([name("topic")], { onBatch: () => undefined }).then(() => consumer.stopped);
        const failures = await Promise.allSettled([
          kafka.producer({ maxBlockMs: 10_000 }).sendRaw(text(name("topic"), "lost")),
          kafka.admin().listTopics(),
          consuming,
        ]);
        const tookMs = performance.now() - startedAt;
        assert.ok(tookMs < unreachableLimitMs, `it took ${tookMs} ms`);
        for (const failure of failures) {
          assert.equal(failure.status, "rejected");
          const error: unknown = failure.status === "rejected" ? failure.reason : undefined;
          assert.ok(KafkaError.is(error), `not a KafkaError: ${String(error)}`);
          assert.match(error.code, /^KAFKA_(UNREACHABLE|TIMED_OUT|DISCONNECTED)$/);
        }
      } finally {
        await kafka.close();
      }
    },
  },
  {
    name: "a broker that is connected is told of once, and again when its last connection is closed",
    requires: ["produce", "consumer-groups"],
    async run({ connect, topic, name }) {
      const topicName = await topic();
      const kafka = connect();
      const told: string[] = [];
      const listening = (async () => {
        for await (const event of kafka.events()) {
          if (event.type === "connected" || event.type === "disconnected") told.push(`${event.type} ${event.broker}`);
          if (event.type === "disconnected") assert.equal(event.reason, "closed");
        }
      })();
      const consumer = kafka.consumer({ group: name("group"), reset: "earliest" });
      let read = 0;
      await consumer.consume([topicName], {
        onBatch: ({ records }) => {
          read += records.length;
        },
      });
      await kafka.producer().sendRaw(text(topicName, "one"));
      await kafka.admin().listTopics();
      await until("a record", () => read === 1);
      const connected = [...told];
      assert.ok(connected.length > 0);
      assert.deepEqual(
        connected.filter((event) => !/^connected [^ ]+:\d+$/.test(event)),
        [],
      );
      assert.equal(new Set(connected).size, connected.length);
      await kafka.close();
      await listening;
      const ended = told.slice(connected.length).map((event) => event.replace("disconnected", "connected"));
      assert.deepEqual(new Set(ended), new Set(connected));
      assert.equal(ended.length, connected.length);
    },
  },
  {
    name: "close is idempotent, ends everything that was made, and leaves no timers and no sockets",
    requires: ["produce", "consumer-groups"],
    async run({ target, topic, name }) {
      const topicName = await topic();
      const before = activeResources();
      const kafka = target.createKafka();
      const producer = kafka.producer();
      const consumer = kafka.consumer({ group: name("group"), reset: "earliest" });
      const records: unknown[] = [];
      await consumer.consume([topicName], { onBatch: (batch) => void records.push(...batch.records) });
      await producer.sendRaw(text(topicName, "one"));
      await kafka.admin().listTopics();
      await until("a record", () => records.length === 1);
      await Promise.all([kafka.close(), kafka.close()]);
      await consumer.stopped;
      await producer.close();
      await consumer.close();
      await kafka.close();
      await assert.rejects(producer.sendRaw(text(topicName, "two")), { code: "CLOSED" });
      assert.throws(() => kafka.producer(), { code: "CLOSED" });
      await until(`no more open timers and sockets than the ${before} before (${process.getActiveResourcesInfo().join()})`, () => {
        return activeResources() <= before;
      });
    },
  },
];

/** Timers and sockets of the whole process; the wait's own timer is always there when this is asked. */
function activeResources(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === "Timeout" || kind.startsWith("TCP")).length;
}
