import type { BrokerState } from "./broker-state.ts";

/** A partition's answer that may name the leader whom the client should have asked. */
interface NamesLeader {
  readonly currentLeader?: { readonly leaderId?: number };
}

/** The part of an answer that says where leaders are; empty when nobody asked the wrong node. */
export interface LeaderEndpoints {
  readonly nodeEndpoints?: { readonly nodeId: number; readonly host: string; readonly port: number; readonly rack: null }[];
}

/** Where the leaders are that an answer names, each once (KIP-951). */
export function leaderEndpoints(partitions: readonly NamesLeader[], { nodes }: BrokerState): LeaderEndpoints {
  const ids = new Set(partitions.flatMap(({ currentLeader }) => currentLeader?.leaderId ?? []));
  if (ids.size === 0) return {};
  const named = nodes.running().filter(({ id }) => ids.has(id));
  return named.length === 0 ? {} : { nodeEndpoints: named.map(({ id, host, port }) => ({ nodeId: id, host, port, rack: null })) };
}
