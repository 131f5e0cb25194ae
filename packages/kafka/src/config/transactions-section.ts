import { type ConfigSection, defineSection, wholeNumber } from "@millrace/config";
import { z } from "zod";
import { transactionTimeoutBounds } from "../transactions/resolve-transactional-producer-options.ts";
import type { TransactionalProducerOptions } from "../transactions/transactional-producer-options.ts";

/** The values of the section `transactions`: what a transactional producer needs beside the options of any producer. */
export type TransactionSettings = Pick<TransactionalProducerOptions, "transactionalId" | "transactionTimeoutMs">;

/** The section `transactions`: `kafka.transactionalProducer(config.transactions)`. Variables: KAFKA_TRANSACTIONAL_ID, KAFKA_TRANSACTION_TIMEOUT_MS. */
export const transactions: ConfigSection<TransactionSettings, "transactions"> = defineSection({
  name: "transactions",
  schema: z.strictObject({
    transactionalId: z.string("must be text").min(1, "must not be empty").meta({ description: "who the producer is, over restarts" }),
    transactionTimeoutMs: wholeNumber(
      transactionTimeoutBounds,
      "after this time the broker aborts a transaction that was not ended, in milliseconds",
    ).exactOptional(),
  }),
  environment: { TRANSACTIONAL_ID: "transactionalId", TRANSACTION_TIMEOUT_MS: "transactionTimeoutMs" },
  properties: { "transactional.id": "transactionalId", "transaction.timeout.ms": "transactionTimeoutMs" },
});
