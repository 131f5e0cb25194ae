import { z } from "zod";
import { type ConfigSection, defineSection } from "./config-section.ts";
import { wholeNumber } from "./number-setting.ts";

/** Whether an application that can do without Kafka takes part in it: the values of the section `integration`. */
export interface IntegrationOptions {
  /** @default true */
  readonly enabled: boolean;
  /** How long to wait before starting is tried again, in seconds. @default 5 */
  readonly retryDelaySeconds: number;
  /** What librdkafka's clients write to their log: its `debug`. @default nothing */
  readonly debug?: readonly DebugContext[] | undefined;
}

/** The parts of librdkafka that can be listened to. */
export type DebugContext =
  | "generic"
  | "broker"
  | "topic"
  | "metadata"
  | "feature"
  | "queue"
  | "msg"
  | "protocol"
  | "cgrp"
  | "security"
  | "fetch"
  | "interceptor"
  | "plugin"
  | "consumer"
  | "admin"
  | "eos"
  | "mock"
  | "assignor"
  | "conf"
  | "telemetry"
  | "all";

const debugContexts: readonly DebugContext[] = [
  "generic",
  "broker",
  "topic",
  "metadata",
  "feature",
  "queue",
  "msg",
  "protocol",
  "cgrp",
  "security",
  "fetch",
  "interceptor",
  "plugin",
  "consumer",
  "admin",
  "eos",
  "mock",
  "assignor",
  "conf",
  "telemetry",
  "all",
];

/** The section `integration`. Variables: KAFKA_ENABLED, KAFKA_RETRY_DELAY_SECONDS, KAFKA_DEBUG. */
export const integration: ConfigSection<IntegrationOptions, "integration"> = defineSection({
  name: "integration",
  schema: z.strictObject({
    enabled: z.boolean("must be true or false").default(true).meta({ description: "whether Kafka is used at all" }),
    retryDelaySeconds: wholeNumber({ least: 1, most: 86_400 }, "how long to wait before starting is tried again, in seconds").default(5),
    debug: z
      .array(z.enum(debugContexts, `must be one of ${debugContexts.join(", ")}`), "must be a list")
      .optional()
      .meta({ description: "what librdkafka's clients write to their log" }),
  }),
  environment: { ENABLED: "enabled", RETRY_DELAY_SECONDS: "retryDelaySeconds", DEBUG: "debug" },
  properties: { debug: { setting: "debug", dialect: "librdkafka" } },
});
