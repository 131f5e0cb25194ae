import { anyNumber, type ConfigSection, defineSection, findingsOf, wholeNumber } from "@millrace/config";
import type { Kafka } from "@millrace/kafka";
import { z } from "zod";
import type { ConsumerProbeOptions } from "../health/consumer-probe.ts";
import type { HealthOptions } from "../health/create-health.ts";
import { monitorBounds as bounds, groupIsolations, type MonitorOptions, resolveMonitorOptions } from "../monitor-options.ts";

/** Times of health and its probes: `createHealth({ probes, ...health })`, `consumerProbe({ kafka, consumer, ...health })`, `runtimeProbe({ runtime, ...health })`. */
export interface MonitorHealthSettings
  extends Pick<HealthOptions, "waitMs" | "timeoutMs" | "keepMs">,
    Pick<ConsumerProbeOptions, "hungMs" | "stalledMs" | "zombieMs" | "outsideMs"> {}

/** The values of the section `monitor`: options of `createMonitor` that are plain data, and those of health in `health`. */
export interface MonitorSettings
  extends Pick<MonitorOptions, "intervalMs" | "window" | "isolation" | "readsRecords" | "samples" | "timeoutMs"> {
  /** By name. @default every group on the cluster */
  readonly groups?: readonly string[];
  readonly health?: MonitorHealthSettings;
}

const about = (description: string): { readonly description: string } => ({ description });
const time = (description: string) => anyNumber({ least: 0, mayBeInfinite: true }, `${description}, in milliseconds`).exactOptional();

const schema = z.strictObject({
  groups: z
    .array(z.string("must be text").min(1, "must not be empty"), "must be a list of groups")
    .min(1, "must name at least one group")
    .exactOptional()
    .meta(about("the groups that are watched; all of them where none is named")),
  intervalMs: wholeNumber(bounds.intervalMs, "from one look to the next, in milliseconds").exactOptional(),
  timeoutMs: wholeNumber(bounds.timeoutMs, "how long a look may take, in milliseconds").exactOptional(),
  window: wholeNumber(bounds.window, "samples that make a status").exactOptional(),
  isolation: z
    .enum(groupIsolations, `must be one of ${groupIsolations.join(", ")}`)
    .exactOptional()
    .meta(about("whether the groups read records of open transactions")),
  readsRecords: z.boolean("must be true or false").exactOptional().meta(about("whether first records are read, for the lag in time")),
  samples: z
    .union(
      [
        z.boolean(),
        z.strictObject({
          topic: z.string().min(1).exactOptional(),
          replicationFactor: wholeNumber(bounds.replicationFactor, "replicas of the samples topic; -1: the broker's").exactOptional(),
        }),
      ],
      "must be true, false, or the samples topic as { topic, replicationFactor }",
    )
    .exactOptional()
    .meta(about("whether samples are kept in a topic, and in which")),
  health: z
    .strictObject({
      waitMs: time("how long a question waits"),
      timeoutMs: time("how long a probe may take"),
      keepMs: time("for how long an answer is good"),
      hungMs: time("a handler that takes longer hangs"),
      stalledMs: time("how long a partition may stand still"),
      zombieMs: time("how long a group may not know its consumer"),
      outsideMs: time("how long a consumer may be outside its group"),
    })
    .exactOptional(),
});

// What resolves options wants one, and does not touch it.
const anyKafka = { admin: () => undefined } as unknown as Kafka;

/** The section `monitor`: `createMonitor({ kafka, ...config.monitor })`. Variables: KAFKA_MONITOR_GROUPS, KAFKA_MONITOR_HEALTH_HUNG_MS and so on. */
export const monitor: ConfigSection<MonitorSettings, "monitor"> = defineSection({
  name: "monitor",
  schema,
  rules: ({ health: _health, ...settings }) => findingsOf(() => resolveMonitorOptions({ ...settings, kafka: anyKafka } as MonitorOptions)),
});
