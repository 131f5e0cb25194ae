import { sleep } from "@millrace/core";
import { kafkajs } from "@millrace/driver-kafkajs";
import { createKafka } from "@millrace/kafka";
import { createOutboxRelay } from "../../src/index.ts";
import { openSqliteOutbox } from "./sqlite-outbox-store.ts";

// A process of its own, which may be killed: publishes what a database holds, and says after each pass how much that was.
const [path = "", brokers = ""] = process.argv.slice(2);
const { store } = openSqliteOutbox(path);
const kafka = createKafka({ driver: kafkajs({ brokers: brokers.split(",") }), clientId: "relay-program" });
const producer = kafka.producer();
const relay = createOutboxRelay({
  store: {
    ...store,
    async record(outcomes) {
      process.stdout.write(`${outcomes.length}\n`);
      // Time to be killed in, between publishing and recording.
      await sleep(100);
      await store.record(outcomes);
    },
  },
  producer,
  batchSize: 20,
  pollMs: 20,
  leaseMs: 1_000,
});
relay.start();
