import { createLogger, type LogEntry } from "@millrace/core";
import { string } from "@millrace/serdes";
import { createVirtualClock } from "@millrace/testing";
import { defineTopic } from "@millrace/topics";
import {
  type ClientEvent,
  type ConsumedBatch,
  type ConsumerHandlers,
  type ConsumerOptions,
  createKafka,
  type PartitionClaim,
} from "../../src/index.ts";
import { ScriptedDriver } from "./scripted-driver.ts";

export const p0 = { topic: "orders", partition: 0 };
export const p1 = { topic: "orders", partition: 1 };

/** A consumer of the group "billing" on a scripted driver, and all that it does. */
export async function setUp(
  options: Partial<ConsumerOptions> = {},
  handlers: Partial<ConsumerHandlers> = {},
  driver = new ScriptedDriver(),
) {
  const clock = createVirtualClock();
  const entries: LogEntry[] = [];
  const logger = createLogger({ write: (entry: LogEntry) => entries.push(entry) });
  const kafka = createKafka({ driver, clock, logger, random: () => 0 });
  const events: ClientEvent[] = [];
  const reading = (async () => {
    for await (const event of kafka.events()) events.push(event);
  })();
  const batches: ConsumedBatch[] = [];
  const consumer = kafka.consumer({ group: "billing", reset: "earliest", ...options });
  await consumer.consume([defineTopic({ name: "orders", key: string(), value: string() }), "orders"], {
    onBatch: (batch) => {
      batches.push(batch);
    },
    ...handlers,
  });
  return { clock, driver, kafka, consumer, events, reading, batches, entries, scripted: driver.consumers[0]! };
}

/** A commit on a claim. */
export const commit = (claim: PartitionClaim, offset: number, metadata?: string) => ({
  claim,
  offset,
  ...(metadata === undefined ? {} : { metadata }),
});
