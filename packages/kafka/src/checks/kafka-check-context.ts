import type { ConnectionOptions } from "@millrace/config";
import type { AnyTopic } from "@millrace/topics";
import type { ConsumerOptions } from "../consumer/consumer-options.ts";
import type { ProducerOptions } from "../producer/producer-options.ts";
import type { TransactionalProducerOptions } from "../transactions/transactional-producer-options.ts";
import type { ClusterView } from "./cluster-view.ts";
import type { NetworkView } from "./network-view.ts";

/** What the checks of this package look at. What is left out cannot be checked, and the checks that need it say so. */
export interface KafkaCheckContext {
  /** How brokers are reached: the section `connection` of a configuration. */
  readonly connection?: ConnectionOptions | undefined;
  /** How the application writes; what is left out has the producer's defaults. */
  readonly producer?: Settings<ProducerOptions> | undefined;
  /** How it reads. */
  readonly consumer?: Settings<ConsumerOptions> | undefined;
  /** How it writes transactions; undefined when it does not. */
  readonly transactions?: Settings<TransactionalProducerOptions> | undefined;
  /** The declared topics. */
  readonly topics: readonly AnyTopic[];
  /** Its consumer groups. */
  readonly groups: readonly string[];
  /** The client ids of everybody who may be a member of those groups; a `*` at the end of one stands for anything. */
  readonly clientIds: readonly string[];
  /** The live cluster; undefined when there is none to look at. */
  readonly cluster?: ClusterView | undefined;
  /** The network between this process and the brokers; undefined where it is not to be looked at. */
  readonly network?: NetworkView | undefined;
}

/** Options of which any may be left out, spelt as undefined too: what sections of a configuration hold. */
export type Settings<Options> = { readonly [Name in keyof Options]?: Options[Name] | undefined };

/** For `blockedBy`. */
export function withoutTopics({ topics }: Pick<KafkaCheckContext, "topics">): string | undefined {
  return topics.length === 0 ? "no topics are declared" : undefined;
}

/** For `blockedBy`. */
export function withoutCluster({ cluster }: Pick<KafkaCheckContext, "cluster">): string | undefined {
  return cluster === undefined ? "no client of the cluster was given" : undefined;
}

/** For `blockedBy`. */
export function withoutGroups({ groups }: Pick<KafkaCheckContext, "groups">): string | undefined {
  return groups.length === 0 ? "no consumer group was given" : undefined;
}

/** For `blockedBy`. */
export function withoutNetwork({ connection, network }: Pick<KafkaCheckContext, "connection" | "network">): string | undefined {
  if (connection === undefined) return "no section `connection` was given";
  return network === undefined ? "no client that connects over a network was given" : undefined;
}
