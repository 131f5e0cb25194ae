import { createSecureContext, type SecureContext } from "node:tls";
import type { ConnectionOptions } from "@millrace/config";
import { type Clock, InvalidOptionsError } from "@millrace/core";
import { tlsSettings } from "../connection/connection-settings.ts";
import { type AddressProbe, type ProbeSettings, probeAddress } from "./probe-address.ts";

/** Of a cluster of a thousand brokers not all are connected to together. */
const mostAtOnce = 50;

/** The network as checks see it: each address is looked at once, however many checks ask. */
export interface NetworkView {
  /** Who answers at `host:port` when it is spoken to as the connection says. @throws AbortedError (`ABORTED`); InvalidOptionsError (`INVALID_OPTIONS`) where its PEM files cannot be used */
  probe(address: string): Promise<AddressProbe>;
}

/** Makes a view for one diagnosis. It connects from this process, to wherever the connection and the cluster say. */
export function createNetworkView(options: {
  readonly connection: Pick<ConnectionOptions, "security">;
  /** How long looking at one address may take; twice as long where somebody is there who does not answer. */
  readonly timeoutMs: number;
  readonly clock?: Clock | undefined;
  readonly signal?: AbortSignal | undefined;
}): NetworkView {
  const { connection, ...limits } = options;
  const probes = new Map<string, Promise<AddressProbe>>();
  let settings: ProbeSettings | undefined;
  const underWay = new Set<Promise<AddressProbe>>();
  const probe = async (address: string): Promise<AddressProbe> => {
    settings ??= probeSettings(connection);
    while (underWay.size >= mostAtOnce) await Promise.race(underWay).catch(() => undefined);
    const found = probeAddress(address, settings, limits);
    underWay.add(found);
    return await found.finally(() => underWay.delete(found));
  };
  return {
    probe(address) {
      let found = probes.get(address);
      if (found === undefined) {
        found = probe(address);
        probes.set(address, found);
      }
      return found;
    },
  };
}

/** @throws InvalidOptionsError (`INVALID_OPTIONS`) where the PEM files cannot be used */
function probeSettings({ security }: Pick<ConnectionOptions, "security">): ProbeSettings {
  const { protocol, mechanism } = security;
  const problems: string[] = [];
  const { checkServerIdentity, ...pem } = tlsSettings(security, problems) ?? {};
  let secureContext: SecureContext | undefined;
  try {
    secureContext = createSecureContext(pem);
  } catch (error) {
    problems.push(`its PEM files cannot be used: ${(error as Error).message}`);
  }
  if (problems.length > 0) throw new InvalidOptionsError("connection.security", problems);
  return {
    mechanism: protocol.startsWith("SASL_") ? mechanism : undefined,
    tls: protocol.endsWith("SSL") ? { secureContext, ...(checkServerIdentity && { checkServerIdentity }) } : undefined,
  };
}
