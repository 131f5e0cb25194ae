import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { kafkajs } from "@millrace/driver-kafkajs";
import { createKafka } from "@millrace/kafka";
import { brokerProbe, consumerProbe, createHealth, healthHandler } from "../../src/index.ts";

/** A process with a consumer of `frozen` and its health, until it is killed. Its first argument names the brokers; it writes its port. */
const [, , brokers = ""] = process.argv;
const kafka = createKafka({ driver: kafkajs({ brokers: brokers.split(",") }) });
const consumer = kafka.consumer({ group: "frozen", reset: "earliest", sessionTimeoutMs: 6_000 });
const health = createHealth({
  probes: [brokerProbe({ kafka }), consumerProbe({ kafka, consumer, hungMs: 4_000, stalledMs: 4_000, zombieMs: 4_000, outsideMs: 60_000 })],
  keepMs: 0,
  waitMs: 10_000,
});
await consumer.consume(["frozen"], { onBatch: () => {} });
const server = createServer(healthHandler(health));
server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
