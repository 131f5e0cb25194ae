import type { Check, Finding } from "@millrace/core";
import { type KafkaCheckContext, withoutNetwork } from "./kafka-check-context.ts";
import { findAtAddresses, type ProbedAddress } from "./probed-addresses.ts";

/** Whether brokers speak TLS where it is configured, and only there. */
export const encryption: Check<KafkaCheckContext> = {
  finds: ["tls-on-plain-port", "plaintext-on-tls-port"],
  blockedBy: withoutNetwork,
  async run(context) {
    const { findings, isTold } = await findAtAddresses(context, (probed) => mismatch(context, probed));
    if (!isTold) throw new Error("no broker answers");
    return findings;
  },
};

function* mismatch({ connection }: KafkaCheckContext, { address, probe }: ProbedAddress): Iterable<Finding> {
  const { protocol = "PLAINTEXT" } = connection?.security ?? {};
  if (probe.found !== "broker" || probe.encrypted === protocol.endsWith("SSL")) return;
  const common = { severity: "error", subject: `broker ${address}`, evidence: { address, protocol, encrypted: probe.encrypted } } as const;
  if (probe.encrypted) {
    yield {
      ...common,
      problem: "plaintext-on-tls-port",
      message: `Connections are configured to be in clear (${protocol}), and ${address} speaks TLS.`,
      fix: `Set connection.security.protocol to ${protocol === "PLAINTEXT" ? "SSL" : "SASL_SSL"}, or take the port of a listener in clear.`,
    };
    return;
  }
  yield {
    ...common,
    problem: "tls-on-plain-port",
    message: `Connections are configured to be encrypted (${protocol}), and ${address} speaks Kafka's protocol in clear.`,
    fix: `Take the port of a TLS listener, or, where the network may be trusted, set connection.security.protocol to ${protocol === "SSL" ? "PLAINTEXT" : "SASL_PLAINTEXT"}.`,
  };
}
