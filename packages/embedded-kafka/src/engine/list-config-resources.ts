import { errorCodes } from "@millrace/protocol";
import { type ApiRegistration, serve } from "./api-registration.ts";
import type { BrokerState } from "./broker-state.ts";

/** Numbers of the kinds of resources, in the order in which Kafka lists them. */
const resourceTypes = { group: 32, brokerLogger: 8, broker: 4, topic: 2, clientMetrics: 16 } as const;

/** What has configs (KIP-1142). The first version only knows client metrics, of which there are none. */
export const listConfigResources: ApiRegistration = serve("ListConfigResources", {
  handle({ version, body }, broker) {
    const known: readonly number[] = Object.values(resourceTypes);
    const asked = version === 0 ? [resourceTypes.clientMetrics] : body.resourceTypes;
    if (asked.some((type) => !known.includes(type))) return { errorCode: errorCodes.UNSUPPORTED_VERSION, configResources: [] };
    const types = known.filter((type) => asked.length === 0 || asked.includes(type));
    return {
      configResources: types.flatMap((resourceType) =>
        namesOf(resourceType, broker).map((resourceName) => ({ resourceType, resourceName })),
      ),
    };
  },
});

function namesOf(resourceType: number, { topics, nodes }: BrokerState): string[] {
  if (resourceType === resourceTypes.topic) return Array.from(topics.all(), ({ name }) => name);
  if (resourceType === resourceTypes.broker || resourceType === resourceTypes.brokerLogger)
    return nodes.running().map(({ id }) => String(id));
  return [];
}
