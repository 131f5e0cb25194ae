import type { TopicPartition } from "../record.ts";

/**
 * `dead`: there is no such group. `assigning`, `reconciling` and `not_ready` are states of groups whose broker assigns (KIP-848 and after it).
 * `unknown`: a state that this client does not know.
 */
export type GroupState =
  | "preparing_rebalance"
  | "completing_rebalance"
  | "stable"
  | "dead"
  | "empty"
  | "assigning"
  | "reconciling"
  | "not_ready"
  | "unknown";

/** A group as it stands in the list of groups. */
export interface GroupListing {
  readonly group: string;
  readonly state: GroupState;
  /** `classic`, or `consumer` where the broker assigns (KIP-848); others by the broker's name. */
  readonly type: string;
  /** `consumer`; `""` for a group that never had a member. */
  readonly protocolType: string;
}

/** What the cluster says about a group. */
export interface GroupDescription extends GroupListing {
  /** The assignor that the group chose; `""` without members or during a rebalance. */
  readonly protocol: string;
  /** The broker that looks after it. */
  readonly coordinator: { readonly host: string; readonly port: number };
  readonly members: readonly {
    readonly memberId: string;
    /** Of a static member (KIP-345). */
    readonly groupInstanceId: string | null;
    readonly clientId: string;
    readonly clientHost: string;
    readonly assignment: readonly TopicPartition[];
  }[];
}

/** A member to be removed: a static one by its instance, another by its id. */
export type GroupMemberName = { readonly memberId: string } | { readonly groupInstanceId: string };
