import { type Check, collectFindings, type Finding } from "@millrace/core";
import { unwantedCompaction, withoutCluster, withoutGroups, withoutTopics } from "@millrace/kafka/checks";
import type { RetryCheckContext } from "./retry-check-context.ts";
import { retryNames } from "./retry-names.ts";

/** Whether the groups' retry topics fit their sources. One that does not exist is made by the runtime. */
export const retryTopics: Check<RetryCheckContext> = {
  finds: ["retry-partitions-differ", "compaction-instead-of-deletion"],
  blockedBy: (context) => withoutTopics(context) ?? withoutGroups(context) ?? withoutCluster(context),
  run: async (context) => {
    const { cluster } = context;
    const pairs = retryNames(context).flatMap(({ source, retries, tiers }) =>
      [...retries, ...tiers.map(({ name }) => name)].map((retry) => ({ source, retry })),
    );
    return await collectFindings(pairs, async ({ source, retry }) => {
      const [from, found] = await Promise.all([cluster?.topic(source), cluster?.topic(retry)]);
      if (found === undefined || found === null) return [];
      const compaction = unwantedCompaction(retry, (await cluster?.topicConfigs(retry)) ?? {});
      const wanted = from?.partitionCount ?? found.partitionCount;
      return found.partitionCount === wanted
        ? compaction
        : [...compaction, partitionsDiffer({ retry, source, wanted, found: found.partitionCount })];
    });
  },
};

function partitionsDiffer(names: {
  readonly retry: string;
  readonly source: string;
  readonly wanted: number;
  readonly found: number;
}): Finding {
  const { retry, source, wanted, found } = names;
  const common = { problem: "retry-partitions-differ", subject: `topic ${retry}`, evidence: { found, source, sourcePartitions: wanted } };
  const message = `Retry topic "${retry}" has ${found} partitions, its source "${source}" has ${wanted}`;
  if (found > wanted) {
    const fix = `Nothing fails by it. If the source was made anew with fewer partitions, delete "${retry}" when it is empty: the runtime makes it again.`;
    return { ...common, severity: "warning", message: `${message}.`, fix };
  }
  return {
    ...common,
    severity: "error",
    message: `${message}: dead letters of partitions from ${found} on cannot come back.`,
    fix: `Start the runtime with topology "create", which adds partitions, or call admin.createPartitions("${retry}", ${wanted}).`,
  };
}
