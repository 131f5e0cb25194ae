import type { Check, Finding } from "@millrace/core";
import { KafkaError } from "../kafka-error.ts";
import { type KafkaCheckContext, withoutCluster } from "./kafka-check-context.ts";
import { findAtAddresses, type ProbedAddress } from "./probed-addresses.ts";

/** Whether client and brokers accept each other: certificates of both sides, and the login. */
export const authentication: Check<KafkaCheckContext> = {
  finds: ["authentication-failed"],
  blockedBy: withoutCluster,
  async run(context) {
    const { findings } = await findAtAddresses(context, (probed) => refusals(context, probed));
    if (findings.length > 0) return findings;
    try {
      await context.cluster?.describe();
      return [];
    } catch (error) {
      if (!KafkaError.is(error) || error.code !== "KAFKA_AUTHENTICATION_FAILED") throw error;
      return [loginRefused(context, error)];
    }
  },
};

const failed = { problem: "authentication-failed", severity: "error" } as const;

function* refusals({ connection }: KafkaCheckContext, { address, probe }: ProbedAddress): Iterable<Finding> {
  const { protocol = "PLAINTEXT", mechanism } = connection?.security ?? {};
  const found = { ...failed, subject: `broker ${address}` };
  if (probe.found === "refusal") {
    const { side, code, why } = probe;
    const evidence = { address, refused: side, code };
    if (side === "client") {
      yield {
        ...found,
        message: `Broker ${address} ends the TLS handshake, because it does not accept this client's certificate, or wants one (${code}).`,
        evidence,
        fix: "Set certificateFile and keyFile of connection.security to a certificate that an authority of the broker has signed.",
      };
      return;
    }
    yield {
      ...found,
      message: `The certificate that broker ${address} shows is not accepted (${code}): ${why}.`,
      evidence,
      fix: certificateFixes.get(code) ?? "Set caFile of connection.security to the authority that signed the broker's certificate.",
    };
    return;
  }
  // What the other kind of connection says about logins is not what this client will hear.
  if (probe.found !== "broker" || probe.encrypted !== protocol.endsWith("SSL")) return;
  const { answer, mechanisms } = probe.login;
  const evidence = { address, protocol, mechanism: mechanism ?? null, offered: mechanisms };
  if (answer === "demanded") {
    yield {
      ...found,
      message: `Broker ${address} ends connections that do not log in, and no login is configured (${protocol}).`,
      evidence,
      fix: `Set connection.security.protocol to ${protocol === "SSL" ? "SASL_SSL" : "SASL_SSL or SASL_PLAINTEXT"}, with mechanism, username and password.`,
    };
  } else if (answer === "unwanted") {
    yield {
      ...found,
      message: `A login is configured (${protocol}), and broker ${address} knows none at this address.`,
      evidence,
      fix: `Set connection.security.protocol to ${protocol === "SASL_SSL" ? "SSL" : "PLAINTEXT"}, or take the port of a SASL listener.`,
    };
  } else if (answer === "other-mechanism") {
    yield {
      ...found,
      message: `Broker ${address} does not know the mechanism ${mechanism}; it offers ${mechanisms.join(", ") || "none"}.`,
      evidence,
      fix: "Set connection.security.mechanism to one that the broker offers.",
    };
  }
}

const certificateFixes: ReadonlyMap<string, string> = new Map([
  ["CERT_HAS_EXPIRED", "Renew the broker's certificate, or set this machine's clock if it is wrong."],
  ["CERT_NOT_YET_VALID", "Set this machine's clock, or the broker's certificate will only count later."],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "Connect to a name that the certificate holds, or give the broker one that holds this name."],
]);

function loginRefused({ connection }: KafkaCheckContext, error: KafkaError): Finding {
  const { mechanism, username } = connection?.security ?? {};
  return {
    ...failed,
    subject: "connection",
    message: `The brokers refuse the login: ${error.message}`,
    evidence: { mechanism: mechanism ?? null, username: username ?? null, kafkaError: error.kafkaError ?? null },
    fix: "Correct username and password of connection.security, or let the brokers know the user for this mechanism.",
  };
}
