import { type EmbeddedKafka, startEmbeddedKafka } from "@millrace/embedded-kafka";
import { afterAll, beforeAll } from "vitest";
import { describeTransactions } from "./support/transaction-behaviour.ts";

let broker: EmbeddedKafka;
beforeAll(async () => {
  broker = await startEmbeddedKafka();
});
afterAll(() => broker.close());

describeTransactions(() => broker.brokers);
