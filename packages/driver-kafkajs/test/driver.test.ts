import { type EmbeddedKafka, startEmbeddedKafka } from "@millrace/embedded-kafka";
import { afterAll, beforeAll } from "vitest";
import { describeDriver } from "./driver-behaviour.ts";

let broker: EmbeddedKafka;
beforeAll(async () => {
  broker = await startEmbeddedKafka({ groups: { minSessionTimeoutMs: 500 } });
});
afterAll(() => broker.close());

describeDriver({ brokers: () => broker.brokers, sessionTimeoutMs: 1_000 });
