import { type Check, collectFindings, type Finding } from "@millrace/core";
import { topicConfigs } from "@millrace/topics";
import { compareTopic, describeDifference } from "../admin/compare-topic.ts";
import type { ConfigValues } from "./cluster-view.ts";
import { type KafkaCheckContext, withoutCluster, withoutTopics } from "./kafka-check-context.ts";

/** Whether topics have the settings that are declared. */
export const topicSettings: Check<KafkaCheckContext> = {
  finds: ["compaction-instead-of-deletion", "topic-setting-differs"],
  blockedBy: (context) => withoutTopics(context) ?? withoutCluster(context),
  run: async ({ topics, cluster }) =>
    await collectFindings(topics, async (declared) => {
      const { name } = declared;
      const [found, configs] = [await cluster?.topic(name), await cluster?.topicConfigs(name)];
      if (!found || !configs) return [];
      const isDeletionDeclared = topicConfigs(declared)["cleanup.policy"] === "delete";
      const compaction = isDeletionDeclared ? unwantedCompaction(name, configs) : [];
      const others = compareTopic(declared, found, configs, 0).flatMap((difference): readonly Finding[] => {
        if (difference.kind !== "config" || (compaction.length > 0 && difference.name === "cleanup.policy")) return [];
        return [
          {
            problem: "topic-setting-differs",
            severity: "warning",
            subject: `topic ${name}, ${difference.name}`,
            message: `Topic "${name}": ${describeDifference(difference)}.`,
            evidence: { setting: difference.name, found: difference.actual, declared: difference.declared },
            fix: 'Set it with admin.ensureTopics(topics, { mode: "alter" }), or declare what there is.',
          },
        ];
      });
      return [...compaction, ...others];
    }),
};

/** Compaction drops all but the last record of a key: a topic that is to be cleaned by age alone loses records. */
export function unwantedCompaction(name: string, configs: ConfigValues): readonly Finding[] {
  const policy = configs["cleanup.policy"] ?? "";
  if (!policy.split(",").some((part) => part.trim() === "compact")) return [];
  return [
    {
      problem: "compaction-instead-of-deletion",
      severity: "error",
      subject: `topic ${name}`,
      message: `Topic "${name}" is compacted (cleanup.policy is ${policy}), which drops all but the last record of a key; deletion by age is declared.`,
      evidence: { found: policy, declared: "delete" },
      fix: "Set cleanup.policy of the topic to delete before records are lost, or declare that it is compacted.",
    },
  ];
}
