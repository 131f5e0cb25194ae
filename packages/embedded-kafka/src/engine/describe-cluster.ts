import { errorCodes } from "@millrace/protocol";
import { type ApiRegistration, serve } from "./api-registration.ts";
import { allClusterOperations } from "./authorized-operations.ts";

const brokerEndpoints = 1;
const controllerEndpoints = 2;

/** The brokers of the cluster. */
export const describeCluster: ApiRegistration = serve("DescribeCluster", {
  handle({ version, body }, broker) {
    if (version >= 1 && body.endpointType !== brokerEndpoints && body.endpointType !== controllerEndpoints) {
      return {
        errorCode: errorCodes.UNSUPPORTED_ENDPOINT_TYPE,
        errorMessage: `Unsupported endpoint type ${body.endpointType}`,
        clusterId: "",
      };
    }
    if (version >= 1 && body.endpointType === controllerEndpoints) {
      return { errorCode: errorCodes.MISMATCHED_ENDPOINT_TYPE, errorMessage: "this is a broker, not a controller", clusterId: "" };
    }
    const brokers = broker.nodes.all().filter(({ isRunning }) => isRunning || (version >= 2 && body.includeFencedBrokers));
    return {
      clusterId: broker.clusterId,
      controllerId: broker.nodes.controller.id,
      brokers: brokers.map(({ id, host, port, isRunning }) => ({
        brokerId: id,
        host,
        port,
        ...(version >= 2 && { isFenced: !isRunning }),
      })),
      ...(body.includeClusterAuthorizedOperations && { clusterAuthorizedOperations: allClusterOperations }),
    };
  },
});
