import type { Check, Finding } from "@millrace/core";
import { advertisedAddresses } from "./advertised-addresses.ts";
import { authentication } from "./authentication.ts";
import { encryption } from "./encryption.ts";
import { type KafkaCheckContext, withoutCluster } from "./kafka-check-context.ts";
import { reachableBrokers } from "./reachable-brokers.ts";

/** What may explain why nothing can be asked. */
const explanations = [reachableBrokers, advertisedAddresses, encryption, authentication];

/** Whether the cluster answers at all. Where it does not, and none of the other checks says why, that is what there is to tell. */
export const clusterAnswers: Check<KafkaCheckContext> = {
  finds: ["cluster-not-answering"],
  blockedBy: withoutCluster,
  async run(context, signal) {
    try {
      await context.cluster?.describe();
      return [];
    } catch (error) {
      if (signal.aborted || (await isExplained(context, signal))) throw error;
      return [
        {
          problem: "cluster-not-answering",
          severity: "error",
          subject: "cluster",
          message: `The cluster does not answer: ${error instanceof Error ? error.message : String(error)}`,
          evidence: { brokers: context.connection?.brokers ?? [] },
          fix: "See whether its brokers run and have a controller (their logs say), and whether this client has their addresses and their kind of connection.",
        },
      ];
    }
  },
};

async function isExplained(context: KafkaCheckContext, signal: AbortSignal): Promise<boolean> {
  const possible = explanations.filter((check) => check.blockedBy(context) === undefined);
  const looks = await Promise.allSettled(possible.map(async (check): Promise<readonly Finding[]> => await check.run(context, signal)));
  return looks.some((look) => look.status === "fulfilled" && look.value.some(({ severity }) => severity === "error"));
}
