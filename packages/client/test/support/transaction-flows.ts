import type { Transport } from "../../src/index.ts";
import { createHarness, type Harness } from "./client-harness.ts";
import { createSocketTransport } from "./socket-transport.ts";

/** Both ways in which a cluster may want its transactions: KIP-890's second one, and the classic one. */
export const flows = ["newest", "classic"] as const;
export type TransactionFlow = (typeof flows)[number];

/** A client that takes the flow, whatever the cluster offers. */
export function createFlowHarness(brokers: readonly string[], flow: TransactionFlow): Harness {
  const transport = createSocketTransport(brokers);
  return createHarness(brokers, { requestTimeoutMs: 2_000, transport: flow === "newest" ? transport : withoutFeatures(transport) });
}

/** Says that no feature of the cluster is switched on, as before Kafka 4. */
function withoutFeatures(transport: Transport): Transport {
  return {
    bootstrap: () => transport.bootstrap(),
    open: async (address, options) => {
      const connection = await transport.open(address, options);
      return {
        get isOpen() {
          return connection.isOpen;
        },
        exchange: async (request) => {
          const answer = await connection.exchange(request);
          return request.api === "ApiVersions" ? { ...answer, finalizedFeatures: [] } : answer;
        },
        close: () => connection.close(),
      };
    },
  };
}
