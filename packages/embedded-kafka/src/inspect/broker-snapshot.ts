import type { RecordHeader } from "@millrace/protocol";
import type { GroupState } from "../groups/group-request.ts";
import type { TransactionState } from "../transactions/transaction-state.ts";

/** A record as the broker holds it. */
export interface BrokerRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds since 1970; -1 is none. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly RecordHeader[];
}

/** Which records of a topic. */
export interface RecordSelection {
  /** Of one partition. @default all */
  readonly partition?: number | undefined;
  /**
   * With `"read_committed"` neither what belongs to aborted transactions nor anything from the first open one on. Kafka: `isolation.level`.
   * @default "read_uncommitted"
   */
  readonly isolation?: "read_committed" | "read_uncommitted" | undefined;
}

/** A member of a group as the broker sees it. */
export interface BrokerGroupMember {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
}

/** A group as the broker sees it. */
export interface BrokerGroup {
  readonly groupId: string;
  readonly state: GroupState;
  readonly protocolType: string;
  readonly protocolName: string;
  readonly generation: number;
  /** Member id; empty when there is no leader. */
  readonly leader: string;
  readonly members: readonly BrokerGroupMember[];
}

/** How far a group is in one partition. */
export interface BrokerOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly leaderEpoch: number;
  readonly metadata: string;
}

/** A transactional id as the broker sees it. */
export interface BrokerTransaction {
  readonly transactionalId: string;
  readonly state: TransactionState;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly timeoutMs: number;
  /** When its latest transaction began, in milliseconds since 1970; -1 when there was none yet. */
  readonly startedAtMs: number;
  /** What the open transaction has written to. */
  readonly partitions: readonly { readonly topic: string; readonly partition: number }[];
  /** The groups that the open transaction has offsets of. */
  readonly groups: readonly string[];
}
