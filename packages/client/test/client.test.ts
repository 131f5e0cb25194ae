import { type EmbeddedKafka, startEmbeddedKafka } from "@millrace/embedded-kafka";
import { afterAll, beforeAll } from "vitest";
import { describeClient } from "./support/client-behaviour.ts";

let broker: EmbeddedKafka;
beforeAll(async () => {
  broker = await startEmbeddedKafka({ groups: { minSessionTimeoutMs: 500 } });
});
afterAll(() => broker.close());

describeClient({ brokers: () => broker.brokers, sessionTimeoutMs: 1_000 });
