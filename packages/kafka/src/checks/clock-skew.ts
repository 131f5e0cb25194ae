import type { Check } from "@millrace/core";
import { type KafkaCheckContext, withoutCluster } from "./kafka-check-context.ts";

const toleratedMs = 1_000;

/**
 * Whether this process and the cluster's controller have the same time, to the second: due times of retries, retention by the time of records and offsets by
 * time go wrong otherwise. Other brokers do not tell theirs.
 */
export const clockSkew: Check<KafkaCheckContext> = {
  finds: ["clock-skew"],
  blockedBy: withoutCluster,
  async run({ cluster }) {
    const told = await cluster?.controllerTime();
    if (told === null || told === undefined) throw new Error("the brokers do not tell their time, as Kafka does from 3.3 on");
    const { at, askedAt, answeredAt } = told;
    // As far as the way there and back does not explain it.
    const skewMs = Math.max(0, askedAt - at, at - answeredAt);
    if (skewMs <= toleratedMs) return [];
    const direction = at < askedAt ? "behind" : "ahead of";
    return [
      {
        problem: "clock-skew",
        severity: "warning",
        subject: "controller",
        message: `The clock of the cluster's controller is ${skewMs} ms ${direction} this machine's.`,
        evidence: { skewMs, controller: new Date(at).toISOString(), here: new Date(askedAt).toISOString() },
        fix: "Let both follow the same time servers (NTP), and look which of them is wrong.",
      },
    ];
  },
};
