import { type Check, collectFindings, type Finding } from "@millrace/core";
import { configNumber, withoutCluster, withoutTopics } from "@millrace/kafka/checks";
import { topicConfigs } from "@millrace/topics";
import { longestDelay } from "../longest-delay.ts";
import { type RetryCheckContext, withoutRetry } from "./retry-check-context.ts";
import { retryNames } from "./retry-names.ts";

const problem = "retention-below-retry-delay";

/** Whether records outlive the waits between attempts, in topics and in the groups' retry topics. */
export const retryRetention: Check<RetryCheckContext> = {
  finds: [problem],
  blockedBy: (context) => withoutTopics(context) ?? withoutRetry(context) ?? withoutCluster(context),
  run: async (context) => {
    const { cluster, retry = {} } = context;
    const inPlaceMs = longestDelay(retry);
    // Rounds that outlive the process wait in retry topics.
    const parkedMs = Math.max(inPlaceMs, retry.later === undefined ? 0 : longestDelay(retry.later));
    const waits = retryNames(context).flatMap(({ source, retries, tiers }) => [
      { name: source, delayMs: inPlaceMs },
      ...retries.map((name) => ({ name, delayMs: parkedMs })),
      ...tiers,
    ]);
    return await collectFindings(waits, async ({ name, delayMs }) => compared(name, (await cluster?.topicConfigs(name)) ?? {}, delayMs));
  },
};

/** The same of what is declared. */
export const declaredRetryRetention: Check<RetryCheckContext> = {
  finds: [problem],
  blockedBy: (context) => withoutTopics(context) ?? withoutRetry(context),
  run: (context) => {
    const sources = new Set(retryNames(context).map(({ source }) => source));
    const processed = context.topics.filter(({ name }) => sources.has(name));
    const delayMs = longestDelay(context.retry ?? {});
    return processed.flatMap((topic) => compared(topic.name, topicConfigs(topic), delayMs));
  },
};

function compared(name: string, configs: Readonly<Record<string, string | null>>, delayMs: number): readonly Finding[] {
  const retentionMs = configNumber(configs["retention.ms"]);
  const isDeleted = (configs["cleanup.policy"] ?? "delete").includes("delete");
  // Below 0 there is no limit of age.
  if (retentionMs === undefined || !isDeleted || retentionMs < 0 || retentionMs >= delayMs) return [];
  return [
    {
      problem,
      severity: "error",
      subject: `topic ${name}`,
      message: `Topic "${name}" keeps records for ${retentionMs} ms (retention.ms), and one that failed may wait ${delayMs} ms for its next attempt: after a restart it is gone.`,
      evidence: { retentionMs, longestDelayMs: delayMs },
      fix: `Set retention.ms of the topic well above ${delayMs}, or let retries wait for a shorter time (maxMs).`,
    },
  ];
}
