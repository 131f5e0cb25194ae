import { type ConfigSection, defineSection, findingsOf, wholeNumber } from "@millrace/config";
import type { Kafka } from "@millrace/kafka";
import { presetsOf } from "@millrace/kafka/config";
import { z } from "zod";
import { runtimeBounds as bounds, type RuntimeOptions, resolveRuntimeOptions, runtimeResets, topologies } from "../runtime-options.ts";

/** The values of the section `runtime`: options of `createRuntime` that are plain data. */
export type RuntimeSettings = Omit<RuntimeOptions, "kafka" | "restart" | "logger" | "instrumentation" | "clock" | "random">;

const about = (description: string): { readonly description: string } => ({ description });

const schema = z.strictObject({
  group: z.string("must be text").min(1, "must not be empty").meta(about("the group whose processes share the work")),
  reset: z
    .enum(runtimeResets, `must be one of ${runtimeResets.join(", ")}`)
    .exactOptional()
    .meta(about("where a group without offsets starts")),
  commitIntervalMs: wholeNumber(
    bounds.commitIntervalMs,
    "how soon the offset of a settled record is committed, in milliseconds",
  ).exactOptional(),
  maxBufferedRecords: wholeNumber(bounds.maxBufferedRecords, "records that may be buffered").exactOptional(),
  maxBufferedBytes: wholeNumber(bounds.maxBufferedBytes, "bytes that may be buffered").exactOptional(),
  drainMs: wholeNumber(bounds.drainMs, "how long running handlers may take to finish, in milliseconds").exactOptional(),
  sessionTimeoutMs: wholeNumber(bounds.sessionTimeoutMs, "how long a member may be silent, in milliseconds").exactOptional(),
  unheardMs: wholeNumber(bounds.unheardMs, "how long nothing may be heard of the group, in milliseconds").exactOptional(),
  topology: z
    .enum(topologies, `must be one of ${topologies.join(", ")}`)
    .exactOptional()
    .meta(about("whether missing topics are created")),
});

// What resolves options wants one, and does not touch it.
const anyKafka = { consumer: () => undefined } as unknown as Kafka;

/** The section `runtime`: `createRuntime({ kafka, ...config.runtime })`. Variables: KAFKA_GROUP_ID, KAFKA_RUNTIME_DRAIN_MS and so on. */
export const runtime: ConfigSection<RuntimeSettings, "runtime"> = defineSection({
  name: "runtime",
  schema,
  properties: { "group.id": "group", "auto.offset.reset": "reset", "session.timeout.ms": "sessionTimeoutMs" },
  presets: {
    ...presetsOf(({ consumer: { reset } }) => (reset === undefined ? {} : { reset })),
    "domain-events": { group: "zamaz-debate-group", reset: "latest", sessionTimeoutMs: 30_000 },
    // There topics are made by a deployment.
    staging: { topology: "verify" },
    production: { topology: "verify" },
    "high-security": { topology: "verify" },
  },
  rules: (settings) => findingsOf(() => resolveRuntimeOptions({ group: "any", ...settings, kafka: anyKafka } as RuntimeOptions)),
});
