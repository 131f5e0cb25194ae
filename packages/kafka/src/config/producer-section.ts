import { type ConfigSection, type DeepPartial, defineSection, findingsOf, type RuleFinding, wholeNumber } from "@millrace/config";
import { z } from "zod";
import { acknowledgements, producerBounds as bounds, compressions, namedPartitioners } from "../producer/producer-bounds.ts";
import type { ProducerOptions } from "../producer/producer-options.ts";
import { resolveProducerOptions } from "../producer/resolve-producer-options.ts";
import { resolveTransactionalProducerOptions, transactionTimeoutBounds } from "../transactions/resolve-transactional-producer-options.ts";
import type { TransactionalProducerOptions } from "../transactions/transactional-producer-options.ts";
import { presetsOf } from "./presets-of.ts";
import { producerProperties, transactionProperties } from "./producer-properties.ts";

/** The values of the section `producer`: options of `kafka.producer`, but for a partitioner that is a function. */
export interface ProducerSettings extends Omit<ProducerOptions, "partitioner"> {
  readonly partitioner?: "java" | "sticky" | "round-robin";
}

/** The values of the section `transactions`: options of `kafka.transactionalProducer`; acks and idempotence are given there. */
export interface TransactionSettings
  extends Omit<ProducerSettings, "acks" | "idempotent">,
    Pick<TransactionalProducerOptions, "transactionalId" | "transactionTimeoutMs"> {}

const about = (description: string): { readonly description: string } => ({ description });

/** What all producers have in common. */
const writing = {
  compression: z
    .enum(compressions, `must be one of ${compressions.join(", ")}`)
    .exactOptional()
    .meta(about("how batches are compressed")),
  lingerMs: wholeNumber(bounds.lingerMs, "how long a message may wait for company, in milliseconds").exactOptional(),
  batchBytes: wholeNumber(bounds.batchBytes, "largest batch of a partition, in bytes").exactOptional(),
  bufferBytes: wholeNumber(bounds.bufferBytes, "bytes that may wait or be in flight").exactOptional(),
  maxBlockMs: wholeNumber(bounds.maxBlockMs, "longest wait for room in the buffer, in milliseconds").exactOptional(),
  maxMessageBytes: wholeNumber(bounds.maxMessageBytes, "largest message, in bytes").exactOptional(),
  requestTimeoutMs: wholeNumber(bounds.requestTimeoutMs, "how long one request may take, in milliseconds").exactOptional(),
  deliveryTimeoutMs: wholeNumber(
    bounds.deliveryTimeoutMs,
    "how long a message may take, all attempts together, in milliseconds",
  ).exactOptional(),
  retries: wholeNumber(bounds.retries, "how often a batch is sent again").exactOptional(),
  retryBackoffMs: wholeNumber(bounds.retryBackoffMs, "pause before a batch is sent again, in milliseconds").exactOptional(),
  retryBackoffMaxMs: wholeNumber(bounds.retryBackoffMaxMs, "longest such pause, in milliseconds").exactOptional(),
  maxInFlightRequests: wholeNumber(bounds.maxInFlightRequests, "requests that one broker may be sent before it answers").exactOptional(),
  partitioner: z
    .enum(namedPartitioners, `must be one of ${namedPartitioners.join(", ")}`)
    .exactOptional()
    .meta(about("how the partition of a message is chosen")),
};

const producerSchema = z.strictObject({
  acks: z
    .preprocess(acknowledgementOf, z.literal(acknowledgements, 'must be "all", 1 or 0'))
    .meta({ ...about("how many brokers must have stored a message"), enum: acknowledgements })
    .exactOptional(),
  idempotent: z.boolean("must be true or false").exactOptional().meta(about("whether a message that is sent again is stored once")),
  ...writing,
});

const transactionSchema = z.strictObject({
  transactionalId: z.string("must be text").min(1, "must not be empty").meta(about("who the producer is, over restarts")),
  transactionTimeoutMs: wholeNumber(
    transactionTimeoutBounds,
    "after this time the broker aborts a transaction that was not ended, in milliseconds",
  ).exactOptional(),
  ...writing,
});

const presets: Readonly<Record<string, ProducerSettings>> = {
  ...presetsOf((preset) => preset.producer as ProducerSettings),
  development: { acks: 1, retries: 3 },
  staging: { acks: "all", retries: 10 },
  production: { acks: "all", retries: 50, idempotent: true, compression: "snappy" },
  "high-security": { requestTimeoutMs: 30_000, retries: 10, acks: "all", idempotent: true },
  performance: { compression: "snappy", batchBytes: 16_384, lingerMs: 100, bufferBytes: 33_554_432, maxInFlightRequests: 5 },
};

const capabilities = { "idempotent-producer": { support: "native" } } as const;

/** The section `producer`: `kafka.producer(config.producer)`. Variables: KAFKA_ACKS, KAFKA_LINGER_MS and so on, as Kafka's own clients call the settings. */
export const producer: ConfigSection<ProducerSettings, "producer"> = defineSection({
  name: "producer",
  schema: producerSchema,
  properties: producerProperties,
  presets,
  rules: (settings) => findingsOf(() => resolveProducerOptions(settings as ProducerSettings, capabilities)),
});

/**
 * The section `transactions`: `kafka.transactionalProducer(config.transactions)`. Variables: KAFKA_TRANSACTIONAL_ID, KAFKA_TRANSACTION_TIMEOUT_MS, and those of
 * `producer`, which reach both.
 */
export const transactions: ConfigSection<TransactionSettings, "transactions"> = defineSection({
  name: "transactions",
  schema: transactionSchema,
  environment: { TRANSACTIONAL_ID: "transactionalId", TRANSACTION_TIMEOUT_MS: "transactionTimeoutMs" },
  properties: transactionProperties,
  presets: Object.fromEntries(Object.entries(presets).map(([name, { acks: _acks, idempotent: _idempotent, ...preset }]) => [name, preset])),
  rules: transactionRules,
});

function* transactionRules(settings: DeepPartial<TransactionSettings>): Iterable<RuleFinding> {
  const given = { transactionalId: "any", ...settings } as TransactionSettings;
  yield* findingsOf(() => resolveTransactionalProducerOptions(given, capabilities));
  const { deliveryTimeoutMs, transactionTimeoutMs } = settings;
  if (deliveryTimeoutMs === undefined && transactionTimeoutMs === undefined) return;
  const delivery = deliveryTimeoutMs ?? bounds.deliveryTimeoutMs.fallback;
  const transaction = transactionTimeoutMs ?? transactionTimeoutBounds.fallback;
  if (transaction >= delivery) return;
  const message = `(${transaction}) is below deliveryTimeoutMs (${delivery}): a transaction may be aborted while its messages are still tried`;
  yield { path: "transactionTimeoutMs", message, severity: "warning" };
}

/** Kafka's own clients write -1 for all, and numbers as text. */
function acknowledgementOf(value: unknown): unknown {
  const text = String(value);
  return text === "-1" ? "all" : text === "1" || text === "0" ? Number(text) : value;
}
