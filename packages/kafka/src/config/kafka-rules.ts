import { type ConfigRule, defineRule, messages } from "@millrace/config";
import { producerBounds } from "../producer/producer-bounds.ts";
import { consumer } from "./consumer-section.ts";
import { producer, transactions } from "./producer-section.ts";

/** Somebody writes transactions, and is read before they are over. */
const transactionsAreReadWhole = defineRule([consumer, transactions], function* (settings) {
  if (settings.consumer?.isolation === "read_uncommitted") {
    const message = "also reads messages of transactions that are aborted; read_committed does not";
    yield { path: "consumer.isolation", message, severity: "warning" };
  }
});

/** What is handed over at once has room. */
const batchFitsBuffer = defineRule([messages, producer], function* (settings) {
  const { bufferBytes = producerBounds.bufferBytes.fallback } = settings.producer ?? {};
  const { maxBytes } = settings.messages ?? {};
  if (maxBytes !== undefined && maxBytes > bufferBytes)
    yield { path: "messages.maxBytes", message: `must be at most producer.bufferBytes (${bufferBytes}), or sending waits for itself` };
});

/** Rules over several sections, for `loadConfig({ sections, rules: kafkaRules })`; one whose sections are not all loaded is skipped. */
export const kafkaRules: readonly ConfigRule[] = [transactionsAreReadWhole, batchFitsBuffer];
