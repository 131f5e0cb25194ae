import { type ApiRegistration, serve } from "./api-registration.ts";

const groupType = "classic";

/** The groups there are, by state and type where the client asks so. */
export const listGroups: ApiRegistration = serve("ListGroups", {
  handle({ version, body, nodeId }, broker) {
    const states = new Set(body.statesFilter.map((state) => state.toLowerCase()));
    const types = new Set(body.typesFilter.map((type) => type.toLowerCase()));
    const groups = [...broker.groups.all()].filter(
      ({ id, state }) =>
        broker.coordinators.isAt(nodeId, "group", id) &&
        (states.size === 0 || states.has(state.toLowerCase())) &&
        (types.size === 0 || types.has(groupType)),
    );
    return {
      groups: groups.map((group) => ({
        groupId: group.id,
        protocolType: group.protocolType,
        ...(version >= 4 && { groupState: group.state }),
        ...(version >= 5 && { groupType }),
      })),
    };
  },
});
