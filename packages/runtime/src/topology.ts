import type { Logger } from "@millrace/core";
import type { Admin } from "@millrace/kafka";
import { type DeadLetterNaming, retryTopology } from "@millrace/retry";
import type { AnyTopic } from "@millrace/topics";
import { RuntimeError } from "./runtime-error.ts";

/** A source topic and whether it has dead letters. */
export interface Source {
  readonly topic: AnyTopic;
  readonly deadLetter: { readonly naming: DeadLetterNaming } | undefined;
}

/**
 * Sees to it that the topics of a runtime exist: the sources, and for those with dead letters the group's retry topic (with the source's partitions), the
 * dead-letter topic and its audit topic.
 * @throws RuntimeError (`RUNTIME_TOPIC_MISSING`)
 */
export async function ensureTopology(options: {
  readonly admin: Admin;
  readonly group: string;
  readonly sources: readonly Source[];
  readonly mode: "create" | "verify";
  readonly logger: Logger;
}): Promise<void> {
  const { admin, group, sources, mode, logger } = options;
  await ensure(
    sources.map(({ topic }) => topic),
    options,
  );
  const described = await admin.describeTopics(sources.map(({ topic }) => topic.name));
  const partitionsOf = new Map(described.map((topic) => [topic.name, topic.partitions.length]));
  const around = sources.flatMap(({ topic, deadLetter }): AnyTopic[] => {
    if (deadLetter === undefined) return [];
    const topology = retryTopology({
      topic: topic.name,
      group,
      partitions: partitionsOf.get(topic.name) ?? topic.partitions ?? 1,
      replicationFactor: topic.replicationFactor,
      maxMessageBytes: topic.maxMessageBytes,
      naming: deadLetter.naming,
    });
    return [topology.deadLetters, topology.retry, topology.audit];
  });
  await ensure(around, { admin, mode, logger });
}

async function ensure(
  topics: readonly AnyTopic[],
  options: { readonly admin: Admin; readonly mode: "create" | "verify"; readonly logger: Logger },
): Promise<void> {
  if (topics.length === 0) return;
  const reports = await options.admin.ensureTopics(topics, { mode: options.mode });
  const missing = reports.filter(({ action }) => action === "missing").map(({ topic }) => topic);
  if (missing.length > 0) {
    throw new RuntimeError({
      code: "RUNTIME_TOPIC_MISSING",
      message: `missing topics: ${missing.join(", ")}; create them, or let the runtime do it with topology: "create"`,
    });
  }
  for (const { topic, differences } of reports) {
    if (differences.length > 0) options.logger.warn("topic differs from its declaration", { topic, differences: differences.join("; ") });
  }
}
