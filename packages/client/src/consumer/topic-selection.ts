import type { ConsumerSubscription } from "@millrace/kafka";
import { errorCodes } from "@millrace/protocol";
import { brokerError } from "../client-error.ts";
import type { Cluster } from "../cluster/cluster.ts";

/** The topics that a consumer wants, now and as they come and go. */
export interface TopicSelection {
  /** Those of the last look. */
  readonly names: readonly string[];
  /** Asks the cluster again. @throws KafkaError */
  look(): Promise<void>;
  /** Whether something that was wanted by name is not there. */
  readonly isIncomplete: boolean;
  /** What the topics looked like at the last look; another text when topics came, went or grew. */
  readonly partitionCounts: ReadonlyMap<string, number>;
}

type KnownCluster = Pick<Cluster, "topic" | "refresh" | "topicNames" | "forget">;

/** Topics by name, or all whose whole name matches a pattern. */
export function selectTopics(subscription: Exclude<ConsumerSubscription, "assigned">, cluster: KnownCluster): TopicSelection {
  const counts = (names: readonly string[]): ReadonlyMap<string, number> =>
    new Map(names.map((topic) => [topic, cluster.topic(topic)?.partitions.length ?? 0]));
  if ("topics" in subscription) {
    const { topics } = subscription;
    return {
      names: topics,
      look: async () => await cluster.refresh(topics),
      get isIncomplete() {
        return [...counts(topics).values()].includes(0);
      },
      get partitionCounts() {
        return counts(topics);
      },
    };
  }
  const matches = wholeName(subscription.pattern);
  let names: readonly string[] = [];
  return {
    get names() {
      return names;
    },
    async look() {
      const found = (await cluster.topicNames()).filter(matches).sort();
      for (const gone of names) if (!found.includes(gone)) cluster.forget(gone);
      names = found;
      await cluster.refresh(found);
    },
    isIncomplete: false,
    get partitionCounts() {
      return counts(names);
    },
  };
}

/** As `matches` of Java: the whole name, whatever anchors and flags for searching the pattern has. */
function wholeName({ source, flags }: RegExp): (name: string) => boolean {
  const whole = new RegExp(`^(?:${source})$`, flags.replace(/[gy]/g, ""));
  return (name) => whole.test(name);
}

/** A topic that does not exist may come; one that is forbidden or no name will not. @throws KafkaError */
export function assertUsable(topic: string, cluster: Pick<Cluster, "topic">): void {
  const { errorCode = errorCodes.NONE } = cluster.topic(topic) ?? {};
  if (errorCode === errorCodes.NONE) return;
  const error = brokerError(errorCode, { what: `Subscribing to "${topic}"`, topic });
  if (!error.retryable) throw error;
}
