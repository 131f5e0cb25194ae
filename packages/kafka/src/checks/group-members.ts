import { type Check, collectFindings, type Finding } from "@millrace/core";
import { assignorNames, defaultAssignors } from "../consumer/consumer-bounds.ts";
import type { GroupDescription } from "../driver/admin-groups.ts";
import { KafkaError } from "../kafka-error.ts";
import { type KafkaCheckContext, withoutCluster, withoutGroups } from "./kafka-check-context.ts";

/** Who is in the groups, and whether this application's members can join them. A group without members is open to everybody. */
export const groupMembers: Check<KafkaCheckContext> = {
  finds: ["group-assignor-differs", "group-members-unknown", "group-access-denied"],
  blockedBy: (context) => withoutGroups(context) ?? withoutCluster(context),
  run: async ({ groups, cluster, consumer, clientIds }) =>
    await collectFindings(groups, async (name) => {
      try {
        const group = (await cluster?.group(name)) ?? null;
        if (group === null || group.members.length === 0) return [];
        // What is configured for one group is not what another one's members offer.
        const isConfigured = consumer?.group === undefined || consumer.group === name;
        return [...otherAssignor(group, (isConfigured && consumer?.assignors) || defaultAssignors), ...unknownMembers(group, clientIds)];
      } catch (error) {
        if (KafkaError.is(error) && error.kafkaError === "GROUP_AUTHORIZATION_FAILED") return [denied(name)];
        throw error;
      }
    }),
};

function denied(group: string): Finding {
  return {
    problem: "group-access-denied",
    severity: "error",
    subject: `group ${group}`,
    message: `This login may not even see group "${group}", and so it cannot join it.`,
    evidence: { kafkaError: "GROUP_AUTHORIZATION_FAILED" },
    fix: `Allow this login READ of group "${group}" (kafka-acls), or use the login that may.`,
  };
}

function otherAssignor(found: GroupDescription, assignors: readonly string[]): readonly Finding[] {
  const { group, type, protocolType, protocol } = found;
  const common = {
    problem: "group-assignor-differs",
    subject: `group ${group}`,
    evidence: { type, protocolType, assignor: protocol, configured: assignors },
  };
  if (protocolType !== "consumer" && protocolType !== "") {
    return [
      {
        ...common,
        severity: "error",
        message: `Group "${group}" is none of consumers: its members speak "${protocolType}", and no consumer can join it.`,
        fix: "Take another group name.",
      },
    ];
  }
  if (type !== "classic") {
    return [
      {
        ...common,
        severity: "warning",
        message: `Group "${group}" has members to whom the broker assigns (type "${type}", assignor "${protocol}"); the configured ${assignors.join(", ")} are not used.`,
        fix: "Let all members of the group use the same protocol, or take another group name.",
      },
    ];
  }
  // Between two generations a group has none.
  if (protocol === "" || assignors.includes(protocol)) return [];
  return [
    {
      ...common,
      severity: "error",
      message: `Group "${group}" shares its partitions out by "${protocol}", and the configured members offer ${assignors.join(", ")}: they cannot join it.`,
      fix: (assignorNames as readonly string[]).includes(protocol)
        ? `Configure assignors: ["${protocol}"] for the consumer, or take another group name.`
        : `Let the other members offer ${assignors.join(" or ")} too, or take another group name.`,
    },
  ];
}

function unknownMembers({ group, members }: GroupDescription, clientIds: readonly string[]): readonly Finding[] {
  const others = members.filter(({ clientId }) => !clientIds.some((known) => isCalled(clientId, known)));
  if (clientIds.length === 0 || others.length === 0) return [];
  return [
    {
      problem: "group-members-unknown",
      severity: "warning",
      subject: `group ${group}`,
      message: `Group "${group}" has ${others.length} of ${members.length} members under other client ids than this application's: they take partitions from it.`,
      evidence: {
        members: [...new Set(others.map(({ clientId, clientHost }) => `${clientId} at ${clientHost}`))].slice(0, 20),
        known: clientIds,
      },
      fix: "Stop them, give them a group of their own, or name their client ids to the doctor where they belong here.",
    },
  ];
}

/** A `*` at its end stands for anything. */
function isCalled(clientId: string, known: string): boolean {
  return known.endsWith("*") ? clientId.startsWith(known.slice(0, -1)) : clientId === known;
}
