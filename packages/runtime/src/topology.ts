import type { Logger } from "@millrace/core";
import type { Admin } from "@millrace/kafka";
import { type DeadLetterNaming, retryTopology } from "@millrace/retry";
import type { AnyTopic } from "@millrace/topics";
import { RuntimeError } from "./runtime-error.ts";

/** A source topic and whether it has dead letters. */
export interface Source {
  readonly topic: AnyTopic;
  readonly deadLetter: { readonly naming: DeadLetterNaming; readonly retentionMs: number | undefined } | undefined;
  /** Waits of retries that have topics of their own. @default 0 */
  readonly tierCount?: number | undefined;
}

/** What `ensureTopology` needs. */
export interface TopologyOptions {
  readonly admin: Admin;
  readonly group: string;
  readonly reset: "earliest" | "latest" | "none";
  readonly sources: readonly Source[];
  readonly mode: "create" | "verify";
  readonly logger: Logger;
}

/**
 * Sees to it that the topics of a runtime exist: the sources, and for those with dead letters the group's retry topic (with the source's partitions), its
 * tiers, the dead-letter topic and its audit topic. Retry topics grow with their sources.
 * @throws RuntimeError (`RUNTIME_TOPIC_MISSING`), RetryError (`RETRY_BAD_TOPIC_NAME`), KafkaError
 */
export async function ensureTopology(options: TopologyOptions): Promise<void> {
  const { admin, group, sources, mode, reset } = options;
  await ensure(
    sources.map(({ topic }) => topic),
    options,
  );
  const partitionsOf = await countPartitions(
    admin,
    sources.map(({ topic }) => topic.name),
  );
  const topologies = sources.flatMap(({ topic, deadLetter, tierCount }) => {
    if (deadLetter === undefined) return [];
    const partitions = partitionsOf.get(topic.name) ?? topic.partitions ?? 1;
    const { replicationFactor, maxMessageBytes } = topic;
    return [
      {
        partitions,
        ...retryTopology({ topic: topic.name, group, partitions, replicationFactor, maxMessageBytes, tierCount, ...deadLetter }),
      },
    ];
  });
  if (topologies.length === 0) return;
  await ensure(
    topologies.flatMap(({ deadLetters, retry, tiers, audit }): AnyTopic[] => [deadLetters, retry, ...tiers, audit]),
    options,
  );
  const retryTopics = topologies.flatMap(({ retry, tiers }) => [retry, ...tiers].map(({ name }) => name));
  if (mode === "create") {
    const before = await countPartitions(admin, retryTopics);
    for (const { retry, tiers, partitions } of topologies) {
      for (const { name } of [retry, ...tiers])
        if ((before.get(name) ?? partitions) < partitions) await admin.createPartitions(name, partitions);
    }
  }
  if (reset !== "earliest") await pinOffsets(retryTopics, options);
}

async function ensure(topics: readonly AnyTopic[], { admin, mode, logger }: TopologyOptions): Promise<void> {
  const reports = await admin.ensureTopics(topics, { mode });
  const missing = reports.filter(({ action }) => action === "missing").map(({ topic }) => topic);
  if (missing.length > 0) {
    throw new RuntimeError({
      code: "RUNTIME_TOPIC_MISSING",
      message: `missing topics: ${missing.join(", ")}; create them, or let the runtime do it with topology: "create"`,
    });
  }
  for (const { topic, differences } of reports) {
    if (differences.length > 0) logger.warn("topic differs from its declaration", { topic, differences: differences.join("; ") });
  }
}

async function countPartitions(admin: Admin, topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
  return new Map((await admin.describeTopics(topics)).map(({ name, partitions }) => [name, partitions.length]));
}

/** The reset policy is the source's: what was sent to a retry topic is never passed over, so a group without an offset there gets one. */
async function pinOffsets(retryTopics: readonly string[], { admin, group, logger }: TopologyOptions): Promise<void> {
  const stored = await admin.groupOffsets(group, retryTopics);
  const unknown = stored.filter(({ offset }) => offset < 0);
  if (unknown.length === 0) return;
  const starts = await admin.offsets(unknown, "earliest");
  try {
    await admin.setGroupOffsets(
      group,
      starts.map(({ topic, partition, offset }) => ({ topic, partition, offset, metadata: null })),
    );
  } catch (error) {
    // Members that hold these partitions will commit them.
    logger.warn("offsets of retry topics could not be set, since the group is at work", { group, error });
  }
}
