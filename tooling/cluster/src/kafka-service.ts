import type { KafkaServiceState } from "./cluster-state.ts";
import { findPortPair, isPortFree } from "./free-port.ts";
import { formatKafkaNode, launchKafkaNode, newClusterId } from "./kafka-node.ts";
import { probeKafka } from "./probe-kafka.ts";
import type { ServiceContext } from "./service-start.ts";

const preferredPort = 19092;

/** Whether the node answers and knows itself, or as many brokers as asked for, as ready. */
export async function isKafkaReady(service: KafkaServiceState, brokers = 1): Promise<boolean> {
  return (await probeKafka(service.port, 2_000)) >= brokers;
}

/**
 * Starts one Kafka node that is a cluster by itself, without waiting for it. `crashed` is what ran before and ended by itself: its ports and
 * its data are used again if its ports are still free (clients and the node's own quorum know them), else the node starts empty.
 */
export async function startKafka(context: ServiceContext, crashed: KafkaServiceState | undefined): Promise<KafkaServiceState> {
  const resumes = crashed !== undefined && (await isPortFree(crashed.port)) && (await isPortFree(crashed.controllerPort));
  const [port, controllerPort] = resumes ? [crashed.port, crashed.controllerPort] : await findPortPair(preferredPort);
  const node = { nodeId: crashed?.nodeId ?? 1, port, controllerPort };
  const name = `kafka-${node.nodeId}`;
  if (!resumes) await formatKafkaNode(context, name, await newClusterId(context), { ...node, role: "both", brokers: 1 });
  const pid = await launchKafkaNode(context, name, "512m");
  return { kind: "kafka", name, pid, ...node };
}
