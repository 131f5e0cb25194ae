import type { Admin, Kafka } from "@millrace/kafka";
import { type Probe, well } from "./probe.ts";

/** Asks a broker to describe the cluster, every time. Not ready: `broker-unreachable`. */
export function brokerProbe(options: {
  readonly kafka: Kafka;
  /** @default "broker" */
  readonly name?: string;
}): Probe {
  const { kafka, name = "broker" } = options;
  let admin: Admin | undefined;
  return {
    name,
    judgesLiveness: false,
    async check(signal) {
      admin ??= kafka.admin();
      try {
        await admin.describeCluster({ signal });
        return well;
      } catch (error) {
        return { ready: false, live: true, reasons: [{ code: "broker-unreachable", message: "no broker has answered", error }] };
      }
    },
    async close() {
      await admin?.close();
    },
  };
}
