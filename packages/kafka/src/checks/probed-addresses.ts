import type { Finding } from "@millrace/core";
import type { BrokerLogin } from "./ask-login.ts";
import type { KafkaCheckContext } from "./kafka-check-context.ts";
import type { AddressProbe } from "./probe-address.ts";

/** Who answers at an address. */
export interface ProbedAddress {
  readonly address: string;
  readonly probe: AddressProbe;
}

/** Nobody of Kafka's is there, or nobody at all. */
export type SilentAddress = ProbedAddress & { readonly probe: Exclude<AddressProbe, { readonly found: "broker" | "refusal" }> };

/** Looks at all of these. */
export async function probeAll(
  { network }: Pick<KafkaCheckContext, "network">,
  addresses: readonly string[],
): Promise<readonly ProbedAddress[]> {
  if (network === undefined) return [];
  return await Promise.all([...new Set(addresses)].map(async (address) => ({ address, probe: await network.probe(address) })));
}

/**
 * What `look` finds at the configured servers, or where that is nothing, at the addresses that brokers tell clients, as far as the cluster can be asked.
 * `isTold`: any of them is a broker.
 */
export async function findAtAddresses(
  context: KafkaCheckContext,
  look: (probed: ProbedAddress) => Iterable<Finding>,
): Promise<{ readonly findings: readonly Finding[]; readonly isTold: boolean }> {
  const configured = await probeAll(context, context.connection?.brokers ?? []);
  const findings = configured.flatMap((probed) => [...look(probed)]);
  if (findings.length > 0) return { findings, isTold: true };
  const brokers = await advertisedBrokers(context).catch(() => []);
  const advertised = await probeAll(context, brokers.map(addressOf));
  return {
    findings: advertised.flatMap((probed) => [...look(probed)]),
    isTold: [...configured, ...advertised].some((probed) => !isSilent(probed)),
  };
}

/**
 * The brokers that clients are sent to: as the probe was told, which where everybody may ask does not depend on whether a client gets any further; otherwise as
 * the cluster tells.
 */
export async function advertisedBrokers(context: KafkaCheckContext): Promise<BrokerLogin["brokers"]> {
  const { protocol = "PLAINTEXT" } = context.connection?.security ?? {};
  const configured = await probeAll(context, context.connection?.brokers ?? []);
  const told = configured.flatMap(({ probe }) =>
    probe.found === "broker" && probe.encrypted === protocol.endsWith("SSL") ? probe.login.brokers : [],
  );
  return told.length > 0 ? told : ((await context.cluster?.describe())?.brokers ?? []);
}

/** As `host:port`; an IPv6 address stands in brackets. */
export function addressOf({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Whether no broker is there; one that refuses a certificate is. */
export function isSilent(probed: ProbedAddress): probed is SilentAddress {
  return probed.probe.found === "nobody" || probed.probe.found === "stranger";
}
