import { type Check, collectFindings, type Finding } from "@millrace/core";
import { unwantedCompaction, withoutCluster, withoutGroups, withoutTopics } from "@millrace/kafka/checks";
import type { RetryCheckContext } from "./retry-check-context.ts";
import { retryNames } from "./retry-names.ts";

/** Whether retry topics, where the groups have any, fit their sources. */
export const retryTopics: Check<RetryCheckContext> = {
  finds: ["retry-partitions-differ", "compaction-instead-of-deletion"],
  blockedBy: (context) => withoutTopics(context) ?? withoutGroups(context) ?? withoutCluster(context),
  run: async ({ cluster, ...context }) =>
    await collectFindings(retryNames(context), async ({ source, retry }) => {
      const [from, found] = await Promise.all([cluster?.topic(source), cluster?.topic(retry)]);
      if (found === undefined || found === null) return [];
      const findings = [...unwantedCompaction(retry, (await cluster?.topicConfigs(retry)) ?? {})];
      if (from !== undefined && from !== null && from.partitionCount !== found.partitionCount) {
        findings.push(partitionsDiffer(retry, found.partitionCount, source, from.partitionCount));
      }
      return findings;
    }),
};

function partitionsDiffer(retry: string, found: number, source: string, wanted: number): Finding {
  const tooFew = found < wanted;
  return {
    problem: "retry-partitions-differ",
    severity: tooFew ? "error" : "warning",
    subject: `topic ${retry}`,
    message: `Retry topic "${retry}" has ${found} partitions, its source "${source}" has ${wanted}${tooFew ? `: dead letters of partitions from ${found} on cannot be redriven` : ""}.`,
    evidence: { found, source, sourcePartitions: wanted },
    fix: tooFew
      ? `Start the runtime with topology: "create", which adds what is missing, or call admin.createPartitions("${retry}", ${wanted}).`
      : `Nothing fails; if "${source}" was made again with fewer partitions, delete the retry topic once it is empty, and let the runtime make it again.`,
  };
}
