import { errorCodes } from "@millrace/protocol";
import type { JoinAnswer } from "../groups/group-answer.ts";
import { type ApiRegistration, type EngineRequest, type ResponseBody, serve } from "./api-registration.ts";
import type { BrokerState } from "./broker-state.ts";

/** A member joins its group; the answer comes when all others have joined too. */
export const joinGroup: ApiRegistration = serve("JoinGroup", {
  handle(request, broker) {
    const { version } = request;
    const joined = join(request, broker);
    return joined instanceof Promise ? joined.then((answer) => bodyOf(answer, version)) : bodyOf(joined, version);
  },
});

function join(request: EngineRequest<"JoinGroup">, broker: BrokerState): JoinAnswer | Promise<JoinAnswer> {
  const { body, version, clientId, connection } = request;
  const { groupId, memberId, sessionTimeoutMs, rebalanceTimeoutMs } = body;
  const { minSessionTimeoutMs, maxSessionTimeoutMs } = broker.settings;
  if (groupId === "") return { error: "INVALID_GROUP_ID", memberId };
  if (sessionTimeoutMs < minSessionTimeoutMs || sessionTimeoutMs > maxSessionTimeoutMs)
    return { error: "INVALID_SESSION_TIMEOUT", memberId };
  // Only a member without an id may make a group.
  const group = memberId === "" ? broker.groups.getOrCreate(groupId) : broker.groups.get(groupId);
  if (group === undefined) return { error: "UNKNOWN_MEMBER_ID", memberId };
  return group.join({
    memberId,
    instanceId: body.groupInstanceId,
    clientId: clientId ?? "",
    clientHost: `/${connection.host ?? "127.0.0.1"}`,
    protocolType: body.protocolType,
    protocols: body.protocols,
    sessionTimeoutMs,
    rebalanceTimeoutMs: rebalanceTimeoutMs < 0 ? sessionTimeoutMs : rebalanceTimeoutMs,
    canBeGivenAnId: version >= 4,
    canSkipAssignment: version >= 9,
  });
}

function bodyOf(answer: JoinAnswer, version: number): ResponseBody<"JoinGroup"> {
  if (answer.error !== undefined) {
    return { errorCode: errorCodes[answer.error], memberId: answer.memberId, protocolName: version >= 7 ? null : "" };
  }
  const { generationId, protocolType, protocolName, leader, memberId, members, skipAssignment } = answer;
  return {
    generationId,
    ...(version >= 7 && { protocolType }),
    protocolName,
    leader,
    memberId,
    members,
    ...(version >= 9 && { skipAssignment }),
  };
}
