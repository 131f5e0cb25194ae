import type { MemberIdentity } from "./group-member.ts";

/** Where a group stands. Kafka's names, as clients see them. */
export type GroupState = "Empty" | "PreparingRebalance" | "CompletingRebalance" | "Stable" | "Dead";

/** How groups behave. */
export interface GroupSettings {
  /** How long the first members of an empty group are waited for. Kafka: `group.initial.rebalance.delay.ms`. */
  readonly initialRebalanceDelayMs: number;
  /** Kafka: `group.max.size`. */
  readonly maxSize: number;
}

/** A member that wants in. */
export interface JoinRequest extends MemberIdentity {
  /** Empty for a member that has no id yet. */
  readonly memberId: string;
  readonly protocolType: string;
  /** The client can be told its id first and then join with it (JoinGroup 4 and later). */
  readonly canBeGivenAnId: boolean;
  /** The client understands that its assignment still stands (JoinGroup 9 and later). */
  readonly canSkipAssignment: boolean;
}

/** A member that brings or fetches assignments. */
export interface SyncRequest {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly generationId: number;
  /** `null` where the client does not say. */
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  /** From the leader. */
  readonly assignments: ReadonlyMap<string, Buffer>;
}
