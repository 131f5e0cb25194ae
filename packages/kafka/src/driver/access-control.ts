/** What a rule is about. */
export type AclResourceType = "topic" | "group" | "cluster" | "transactional-id" | "delegation-token" | "user";

/** What somebody wants to do. */
export type AclOperation =
  | "all"
  | "read"
  | "write"
  | "create"
  | "delete"
  | "alter"
  | "describe"
  | "cluster-action"
  | "describe-configs"
  | "alter-configs"
  | "idempotent-write"
  | "create-tokens"
  | "describe-tokens"
  | "two-phase-commit";

/** One rule of who may or may not do what with which resource. */
export interface Acl {
  readonly resourceType: AclResourceType;
  /** `*` with `literal` is every resource; the cluster's is `kafka-cluster`. */
  readonly resourceName: string;
  /** `prefixed`: every resource whose name begins so. */
  readonly patternType: "literal" | "prefixed";
  /** `User:alice`; `User:*` is everybody. */
  readonly principal: string;
  /** Address that the principal comes from; `*` is any. */
  readonly host: string;
  readonly operation: AclOperation;
  readonly permission: "allow" | "deny";
}

/**
 * Chooses rules: those that have everything that is named. `patternType` may also be `match`: the rules that count for the resource of that name,
 * literal, prefixed and `*`.
 */
export interface AclFilter extends Partial<Omit<Acl, "patternType">> {
  /** @default both */
  readonly patternType?: "literal" | "prefixed" | "match";
}
