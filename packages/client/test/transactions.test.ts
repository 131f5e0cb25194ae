import { type EmbeddedKafka, startEmbeddedKafka } from "@millrace/embedded-kafka";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeTransactions, readThroughFencing } from "./support/transaction-behaviour.ts";

let broker: EmbeddedKafka;
beforeAll(async () => {
  broker = await startEmbeddedKafka();
});
afterAll(() => broker.close());

describeTransactions(() => broker.brokers);

test("[004-24] a read_committed reader sees what was committed and nothing that was aborted, control records reach nobody, and a second producer with the same id fences the first", async () => {
  const { committed, everything } = await readThroughFencing(broker.brokers);
  // Each transaction ends with a marker, which takes an offset and is no record.
  expect(committed).toEqual(["0 a", "4 b", "8 c"]);
  expect(everything).toEqual(["0 a", "2 never 1", "4 b", "6 never 2", "8 c"]);
});
