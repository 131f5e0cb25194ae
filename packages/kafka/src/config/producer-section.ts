import { type ConfigSection, defineSection, findingsOf, wholeNumber } from "@millrace/config";
import { z } from "zod";
import { acknowledgements, producerBounds as bounds, compressions, namedPartitioners } from "../producer/producer-bounds.ts";
import type { ProducerOptions } from "../producer/producer-options.ts";
import { resolveProducerOptions } from "../producer/resolve-producer-options.ts";
import { presetsOf } from "./presets-of.ts";
import { producerProperties } from "./producer-properties.ts";

/** The values of the section `producer`: options of `kafka.producer`, but for a partitioner that is a function. */
export interface ProducerSettings extends Omit<ProducerOptions, "partitioner"> {
  readonly partitioner?: "java" | "sticky" | "round-robin";
}

const about = (description: string): { readonly description: string } => ({ description });

const schema = z.strictObject({
  acks: z
    .preprocess(acknowledgementOf, z.literal(acknowledgements, 'must be "all", 1 or 0'))
    .meta({ ...about("how many brokers must have stored a message"), enum: acknowledgements })
    .exactOptional(),
  idempotent: z.boolean("must be true or false").exactOptional().meta(about("whether a message that is sent again is stored once")),
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
});

/** The section `producer`: `kafka.producer(config.producer)`. Variables: KAFKA_ACKS, KAFKA_LINGER_MS and so on, as Kafka's own clients call the settings. */
export const producer: ConfigSection<ProducerSettings, "producer"> = defineSection({
  name: "producer",
  schema,
  properties: producerProperties,
  presets: {
    ...presetsOf((preset) => preset.producer as ProducerSettings),
    development: { acks: 1, retries: 3 },
    staging: { acks: "all", retries: 10 },
    production: { acks: "all", retries: 50, idempotent: true, compression: "snappy" },
    "high-security": { requestTimeoutMs: 30_000, retries: 10, acks: "all", idempotent: true },
    performance: { compression: "snappy", batchBytes: 16_384, lingerMs: 100, bufferBytes: 33_554_432, maxInFlightRequests: 5 },
  },
  rules: (settings) =>
    findingsOf(() => resolveProducerOptions(settings as ProducerSettings, { "idempotent-producer": { support: "native" } })),
});

/** Kafka's own clients write -1 for all, and numbers as text. */
function acknowledgementOf(value: unknown): unknown {
  const text = String(value);
  return text === "-1" ? "all" : text === "1" || text === "0" ? Number(text) : value;
}
