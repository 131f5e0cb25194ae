import { type Check, collectFindings } from "@millrace/core";
import { transactionTimeoutBounds } from "../transactions/resolve-transactional-producer-options.ts";
import { configNumber } from "./config-number.ts";
import { type KafkaCheckContext, withoutCluster } from "./kafka-check-context.ts";

const setting = "transaction.max.timeout.ms";

/** Whether brokers take transactions that may last as long as configured. */
export const transactionTimeout: Check<KafkaCheckContext> = {
  finds: ["transaction-timeout-above-maximum"],
  blockedBy: (context) => (context.transactions === undefined ? "no settings of transactions were given" : withoutCluster(context)),
  async run({ cluster, transactions }) {
    const { transactionTimeoutMs = transactionTimeoutBounds.fallback } = transactions ?? {};
    const brokers = (await cluster?.describe())?.brokers ?? [];
    // Any of them may be the coordinator.
    return await collectFindings(brokers, async ({ id, host, port }) => {
      const maximum = configNumber((await cluster?.brokerConfigs(id))?.[setting]);
      if (maximum === undefined || transactionTimeoutMs <= maximum) return [];
      return [
        {
          problem: "transaction-timeout-above-maximum",
          severity: "error",
          subject: `broker ${host}:${port}`,
          message: `Transactions may take ${transactionTimeoutMs} ms, and broker ${host}:${port} refuses more than ${maximum} ms (${setting}).`,
          evidence: { transactionTimeoutMs, maximumMs: maximum },
          fix: `Set transactionTimeoutMs to ${maximum} at most, or raise ${setting} of the brokers.`,
        },
      ];
    });
  },
};
