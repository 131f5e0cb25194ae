import { type ConfigSection, defineSection, findingsOf, wholeNumber } from "@millrace/config";
import { z } from "zod";
import { assignorNames, consumerBounds as bounds, isolations, resetPolicies } from "../consumer/consumer-bounds.ts";
import type { ConsumerOptions } from "../consumer/consumer-options.ts";
import { resolveConsumerOptions } from "../consumer/resolve-consumer-options.ts";
import { clientPresets } from "../presets/client-presets.ts";
import { consumerProperties } from "./consumer-properties.ts";
import { presetsOf } from "./presets-of.ts";

const about = (description: string): { readonly description: string } => ({ description });
const name = z.string("must be text").min(1, "must not be empty");

const schema = z.strictObject({
  group: name.exactOptional().meta(about("the group whose members share the work")),
  groupInstanceId: name.exactOptional().meta(about("the name of a member that comes back after a restart")),
  assignors: z
    .array(z.enum(assignorNames, `must be one of ${assignorNames.join(", ")}`), "must be a list of assignors")
    .exactOptional()
    .meta(about("how partitions are handed out, in order of preference")),
  reset: z
    .enum(resetPolicies, `must be one of ${resetPolicies.join(", ")}`)
    .exactOptional()
    .meta(about("where to start when the group has no offset")),
  isolation: z
    .enum(isolations, `must be one of ${isolations.join(", ")}`)
    .exactOptional()
    .meta(about("whether records of open transactions are read")),
  sessionTimeoutMs: wholeNumber(bounds.sessionTimeoutMs, "how long a member may be silent, in milliseconds").exactOptional(),
  heartbeatIntervalMs: wholeNumber(
    bounds.heartbeatIntervalMs,
    "how often a member shows that it is there, in milliseconds",
  ).exactOptional(),
  rebalanceTimeoutMs: wholeNumber(bounds.rebalanceTimeoutMs, "how long a rebalance waits for this member, in milliseconds").exactOptional(),
  autoCommitMs: wholeNumber(bounds.autoCommitMs, "how often offsets are committed, in milliseconds; 0: never").exactOptional(),
  maxBatchRecords: wholeNumber(bounds.maxBatchRecords, "most records in one batch").exactOptional(),
  maxProcessingMs: wholeNumber(bounds.maxProcessingMs, "how long the handler of a batch may run, in milliseconds").exactOptional(),
  metadataMaxAgeMs: wholeNumber(
    bounds.metadataMaxAgeMs,
    "how often it is looked whether topics came or grew, in milliseconds",
  ).exactOptional(),
  fetchMaxWaitMs: wholeNumber(bounds.fetchMaxWaitMs, "how long a broker may wait for fetchMinBytes, in milliseconds").exactOptional(),
  fetchMinBytes: wholeNumber(bounds.fetchMinBytes, "bytes that a broker waits for").exactOptional(),
  fetchMaxBytes: wholeNumber(bounds.fetchMaxBytes, "most bytes of one answer").exactOptional(),
  maxPartitionFetchBytes: wholeNumber(bounds.maxPartitionFetchBytes, "most bytes of one partition in an answer").exactOptional(),
});

/** The section `consumer`: `kafka.consumer(config.consumer)`. Variables: KAFKA_GROUP_ID, KAFKA_AUTO_OFFSET_RESET and so on, as Kafka's own clients call the settings. */
export const consumer: ConfigSection<ConsumerOptions, "consumer"> = defineSection({
  name: "consumer",
  schema,
  properties: consumerProperties,
  presets: {
    ...presetsOf((preset) => preset.consumer as ConsumerOptions),
    "domain-events": { ...clientPresets.domainEvents.consumer, group: "zamaz-debate-group" },
  },
  rules: (settings) => findingsOf(() => resolveConsumerOptions(settings as ConsumerOptions)),
});
