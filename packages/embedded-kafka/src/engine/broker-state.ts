import type { Clock, Logger, Random } from "@millrace/core";
import type { GroupCoordinator } from "../groups/group-coordinator.ts";
import type { ProducerIds } from "../producers/producer-ids.ts";
import type { TopicRegistry } from "../topics/topic-registry.ts";
import type { TransactionCoordinator } from "../transactions/transaction-coordinator.ts";
import type { ApiRegistration } from "./api-registration.ts";
import type { BrokerConfigs } from "./broker-configs.ts";
import type { BrokerSettings } from "./broker-settings.ts";
import type { CoordinatorDirectory } from "./coordinator-directory.ts";
import type { FetchSessions } from "./fetch-sessions.ts";
import type { LogKeeper } from "./log-keeper.ts";
import type { NodeDirectory } from "./node-directory.ts";
import type { ParkedFetches } from "./parked-fetches.ts";
import type { Reassignments } from "./reassignments.ts";

/** Everything the broker knows. One owner: handlers change it and nobody else does. */
export interface BrokerState {
  readonly clusterId: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly settings: BrokerSettings;
  readonly configs: BrokerConfigs;
  readonly nodes: NodeDirectory;
  readonly coordinators: CoordinatorDirectory;
  readonly topics: TopicRegistry;
  readonly groups: GroupCoordinator;
  readonly producerIds: ProducerIds;
  readonly transactions: TransactionCoordinator;
  readonly logs: LogKeeper;
  readonly fetchSessions: FetchSessions;
  readonly parkedFetches: ParkedFetches;
  readonly reassignments: Reassignments;
  /** What it serves, and so what ApiVersions says. */
  readonly apis: readonly ApiRegistration[];
}
