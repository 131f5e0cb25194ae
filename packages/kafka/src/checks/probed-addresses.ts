import type { Finding } from "@millrace/core";
import type { KafkaCheckContext } from "./kafka-check-context.ts";
import type { AddressProbe } from "./probe-address.ts";

/** Who answers at an address. */
export interface ProbedAddress {
  readonly address: string;
  readonly probe: AddressProbe;
}

/** Nobody of Kafka's is there, or nobody at all. */
export type SilentAddress = ProbedAddress & { readonly probe: Extract<AddressProbe, { readonly why: string }> };

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
  const brokers = (await context.cluster?.describe().catch(() => undefined))?.brokers ?? [];
  const advertised = await probeAll(context, brokers.map(addressOf));
  return {
    findings: advertised.flatMap((probed) => [...look(probed)]),
    isTold: [...configured, ...advertised].some((probed) => !isSilent(probed)),
  };
}

/** As `host:port`; an IPv6 address stands in brackets. */
export function addressOf({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Whether no broker is there; one that refuses a certificate is. */
export function isSilent(probed: ProbedAddress): probed is SilentAddress {
  return probed.probe.found === "nobody" || probed.probe.found === "stranger";
}
