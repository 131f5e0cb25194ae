import type { GroupListing, GroupState } from "@millrace/kafka";
import { errorCodes } from "@millrace/protocol";
import { brokerError } from "../client-error.ts";
import type { Broker } from "../cluster/broker.ts";
import { type AdminContext, anyBroker, onBroker } from "./admin-context.ts";
import { groupState } from "./group-state.ts";

const what = "Listing groups";

/** Groups of consumers of all brokers, each of which knows those that it coordinates. */
export async function listGroups(
  context: AdminContext,
  filter: { readonly states: readonly GroupState[] | undefined; readonly types: readonly string[] | undefined },
): Promise<readonly GroupListing[]> {
  const { cluster } = context;
  // All of them anew when one cannot be asked: what it coordinated may be with those that were asked before.
  const found = await onBroker(context, what, anyBroker, async () => {
    await cluster.refresh();
    return await Promise.all(cluster.nodeIds().map(async (nodeId) => await listAt(await cluster.broker(nodeId))));
  });
  // A coordinator that moves meanwhile may be told twice.
  const byName = new Map(found.flat().map((listing) => [listing.group, listing]));
  return [...byName.values()]
    .filter(({ state, type }) => (filter.states?.includes(state) ?? true) && (filter.types?.includes(type) ?? true))
    .sort((a, b) => (a.group < b.group ? -1 : 1));
}

async function listAt(broker: Broker): Promise<readonly GroupListing[]> {
  const { version, body } = await broker.send("ListGroups", () => ({}));
  if (body.errorCode !== errorCodes.NONE) throw brokerError(body.errorCode, { what });
  // A group whose offsets were set without a member ever joining has no protocol yet.
  const groups = body.groups.filter(({ protocolType }) => protocolType === "consumer" || protocolType === "");
  // Older brokers name the groups alone.
  const states = version < 4 && groups.length > 0 ? await statesOf(broker, groups) : undefined;
  return groups.map(({ groupId, protocolType, groupState: state, groupType }) => ({
    group: groupId,
    state: groupState(states?.get(groupId) ?? state),
    type: version < 5 ? "classic" : groupType.toLowerCase(),
    protocolType,
  }));
}

async function statesOf(broker: Broker, groups: readonly { readonly groupId: string }[]): Promise<ReadonlyMap<string, string>> {
  const { body } = await broker.send("DescribeGroups", () => ({ groups: groups.map(({ groupId }) => groupId) }));
  return new Map(body.groups.map((found) => [found.groupId, found.groupState]));
}
