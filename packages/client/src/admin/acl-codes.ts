import { type Acl, type AclFilter, type AclOperation, KafkaError } from "@millrace/kafka";
import type { RequestTypes } from "@millrace/protocol";

const any = 1;
/** The set of operations of a broker that was not asked for them, or does not know the question. */
const unsaid = -2147483648;

/** By Kafka's numbers. */
const resourceTypes = new Map<Acl["resourceType"], number>([
  ["topic", 2],
  ["group", 3],
  ["cluster", 4],
  ["transactional-id", 5],
  ["delegation-token", 6],
  ["user", 7],
]);
const patternTypes = new Map<NonNullable<AclFilter["patternType"]>, number>([
  ["match", 2],
  ["literal", 3],
  ["prefixed", 4],
]);
const operations = new Map<Acl["operation"], number>([
  ["all", 2],
  ["read", 3],
  ["write", 4],
  ["create", 5],
  ["delete", 6],
  ["alter", 7],
  ["describe", 8],
  ["cluster-action", 9],
  ["describe-configs", 10],
  ["alter-configs", 11],
  ["idempotent-write", 12],
  ["create-tokens", 13],
  ["describe-tokens", 14],
  ["two-phase-commit", 15],
]);
const permissions = new Map<Acl["permission"], number>([
  ["deny", 2],
  ["allow", 3],
]);

/** A rule to be created. */
export function aclToCodes(acl: Acl): RequestTypes["CreateAcls"]["creations"][number] {
  return {
    resourceType: codeOf(resourceTypes, acl.resourceType),
    resourceName: acl.resourceName,
    resourcePatternType: codeOf(patternTypes, acl.patternType),
    principal: acl.principal,
    host: acl.host,
    operation: codeOf(operations, acl.operation),
    permissionType: codeOf(permissions, acl.permission),
  };
}

/** What is not named may be anything. */
export function filterToCodes(filter: AclFilter): RequestTypes["DescribeAcls"] {
  return {
    resourceTypeFilter: codeOf(resourceTypes, filter.resourceType),
    resourceNameFilter: filter.resourceName ?? null,
    patternTypeFilter: codeOf(patternTypes, filter.patternType),
    principalFilter: filter.principal ?? null,
    hostFilter: filter.host ?? null,
    operation: codeOf(operations, filter.operation),
    permissionType: codeOf(permissions, filter.permission),
  };
}

/** A rule that a broker tells. */
export function aclFromCodes(codes: {
  readonly resourceType: number;
  readonly resourceName: string;
  readonly patternType: number;
  readonly principal: string;
  readonly host: string;
  readonly operation: number;
  readonly permissionType: number;
}): Acl {
  return {
    resourceType: nameOf(resourceTypes, codes.resourceType),
    resourceName: codes.resourceName,
    patternType: codes.patternType === patternTypes.get("prefixed") ? "prefixed" : "literal",
    principal: codes.principal,
    host: codes.host,
    operation: nameOf(operations, codes.operation),
    permission: nameOf(permissions, codes.permissionType),
  };
}

/** Kafka's set of operations, one bit for each at its number (KIP-430); null where the broker does not say. Operations of newer brokers are left out. */
export function operationsFromBits(bits: number): readonly AclOperation[] | null {
  if (bits === unsaid) return null;
  return [...operations].filter(([, code]) => (bits & (1 << code)) !== 0).map(([name]) => name);
}

function codeOf<Name extends string>(codes: ReadonlyMap<Name, number>, name: Name | undefined): number {
  if (name === undefined) return any;
  const code = codes.get(name);
  if (code !== undefined) return code;
  const message = `"${name}" is no part of an access rule; one of ${[...codes.keys()].join(", ")} is.`;
  throw new KafkaError({ code: "KAFKA_CLIENT_ERROR", message });
}

function nameOf<Name extends string>(codes: ReadonlyMap<Name, number>, code: number): Name {
  for (const [name, known] of codes) if (known === code) return name;
  throw new KafkaError({
    code: "KAFKA_CLIENT_ERROR",
    message: `The broker tells an access rule with a number that this client does not know: ${code}.`,
  });
}
