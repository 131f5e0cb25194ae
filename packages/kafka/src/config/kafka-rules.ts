import { type ConfigRule, defineRule, messages } from "@millrace/config";
import { producerBounds } from "../producer/producer-bounds.ts";
import { transactionTimeoutBounds } from "../transactions/resolve-transactional-producer-options.ts";
import { consumer } from "./consumer-section.ts";
import { producer } from "./producer-section.ts";
import { transactions } from "./transactions-section.ts";

/** A transaction that is aborted while its messages are still on their way. */
const transactionOutlivesDelivery = defineRule([producer, transactions], function* (settings) {
  const { deliveryTimeoutMs } = settings.producer ?? {};
  const { transactionTimeoutMs } = settings.transactions ?? {};
  if (deliveryTimeoutMs === undefined && transactionTimeoutMs === undefined) return;
  const [delivery, transaction] = [
    deliveryTimeoutMs ?? producerBounds.deliveryTimeoutMs.fallback,
    transactionTimeoutMs ?? transactionTimeoutBounds.fallback,
  ];
  if (transaction < delivery) {
    const message = `(${transaction}) is below producer.deliveryTimeoutMs (${delivery}): a transaction may be aborted while its messages are still tried`;
    yield { path: "transactions.transactionTimeoutMs", message, severity: "warning" };
  }
});

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
export const kafkaRules: readonly ConfigRule[] = [transactionOutlivesDelivery, transactionsAreReadWhole, batchFitsBuffer];
