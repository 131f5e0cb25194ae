import type { GroupMemberName } from "@millrace/kafka";
import { errorCodes } from "@millrace/protocol";
import { brokerError } from "../client-error.ts";
import type { Broker } from "../cluster/broker.ts";
import type { AdminContext } from "./admin-context.ts";
import { askItems, type ItemAnswer } from "./ask-items.ts";
import { describeGroups } from "./describe-groups.ts";

/** Names of those that were there. */
export async function deleteGroups(context: AdminContext, groups: readonly string[]): Promise<readonly string[]> {
  const deleted = await askItems(context, {
    what: "Deleting groups",
    items: [...new Set(groups)],
    route: async (cluster, group) => await cluster.coordinator(group),
    ask: async (broker, asked) => {
      const { body } = await broker.send("DeleteGroups", () => ({ groupsNames: [...asked] }));
      const answers = new Map(body.results.map(({ groupId, errorCode }) => [groupId, errorCode]));
      return asked.map((group) => {
        const errorCode = answers.get(group) ?? errorCodes.UNKNOWN_SERVER_ERROR;
        if (errorCode === errorCodes.NONE) return { value: [group] };
        if (errorCode === errorCodes.GROUP_ID_NOT_FOUND) return { value: [] };
        return { error: brokerError(errorCode, { what: `Deleting group "${group}"`, group }) };
      });
    },
  });
  return deleted.flat();
}

/** How many were there. A static member is removed by its instance alone, so that one that has just come back goes too. */
export async function removeMembers(
  context: AdminContext,
  group: string,
  { members, reason }: { readonly members: readonly GroupMemberName[] | undefined; readonly reason: string },
): Promise<number> {
  const wanted = (members ?? (await allMembers(context, group))).map(leaving);
  const removed = await askItems(context, {
    what: `Removing members of group "${group}"`,
    items: wanted,
    route: async (cluster) => await cluster.coordinator(group),
    ask: async (broker, asked) => await leave(broker, group, asked, reason),
  });
  return removed.filter(Boolean).length;
}

interface Leaving {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
}

function leaving(name: GroupMemberName): Leaving {
  return "groupInstanceId" in name
    ? { memberId: "", groupInstanceId: name.groupInstanceId }
    : { memberId: name.memberId, groupInstanceId: null };
}

async function allMembers(context: AdminContext, group: string): Promise<readonly GroupMemberName[]> {
  const [described] = await describeGroups(context, [group]);
  return (described?.members ?? []).map(({ memberId, groupInstanceId }) => (groupInstanceId === null ? { memberId } : { groupInstanceId }));
}

async function leave(broker: Broker, group: string, asked: readonly Leaving[], reason: string): Promise<readonly ItemAnswer<boolean>[]> {
  // One that may be gone is asked for again, not counted twice: it is not there the second time.
  const { version, body } = await broker.send("LeaveGroup", (chosen) => {
    if (chosen < 3) return { groupId: group, memberId: asked[0]?.memberId ?? "" };
    return { groupId: group, members: asked.map((member) => ({ ...member, ...(chosen >= 5 && { reason }) })) };
  });
  if (version >= 3) {
    return asked.map((member) => {
      const answered = body.members.find(
        ({ memberId, groupInstanceId }) =>
          groupInstanceId === member.groupInstanceId && (groupInstanceId !== null || memberId === member.memberId),
      );
      return outcome(group, member, body.errorCode !== errorCodes.NONE ? body.errorCode : answered?.errorCode);
    });
  }
  const answers = [outcome(group, asked[0] as Leaving, body.errorCode)];
  if (asked.length > 1) answers.push(...(await leave(broker, group, asked.slice(1), reason)));
  return answers;
}

function outcome(
  group: string,
  { memberId, groupInstanceId }: Leaving,
  errorCode: number = errorCodes.UNKNOWN_SERVER_ERROR,
): ItemAnswer<boolean> {
  if (errorCode === errorCodes.NONE) return { value: true };
  if (errorCode === errorCodes.UNKNOWN_MEMBER_ID || errorCode === errorCodes.GROUP_ID_NOT_FOUND) return { value: false };
  return { error: brokerError(errorCode, { what: `Removing member "${groupInstanceId ?? memberId}" of group "${group}"`, group }) };
}
