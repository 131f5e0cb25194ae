import { errorCodes } from "@millrace/protocol";
import type { SyncAnswer } from "../groups/group-answer.ts";
import { type ApiRegistration, type EngineRequest, type ResponseBody, serve } from "./api-registration.ts";
import type { BrokerState } from "./broker-state.ts";

/** A member fetches what it is to read; the answer comes when the leader has said so. */
export const syncGroup: ApiRegistration = serve("SyncGroup", {
  handle(request, broker) {
    const { version } = request;
    const synced = sync(request, broker);
    return synced instanceof Promise ? synced.then((answer) => bodyOf(answer, version)) : bodyOf(synced, version);
  },
});

function sync({ body, version }: EngineRequest<"SyncGroup">, broker: BrokerState): SyncAnswer | Promise<SyncAnswer> {
  const { groupId, memberId, generationId, protocolType, protocolName } = body;
  if (version >= 5 && (protocolType === null || protocolName === null)) return { error: "INCONSISTENT_GROUP_PROTOCOL" };
  if (groupId === "") return { error: "INVALID_GROUP_ID" };
  const group = broker.groups.get(groupId);
  if (group === undefined) return { error: "UNKNOWN_MEMBER_ID" };
  return group.sync({
    memberId,
    instanceId: body.groupInstanceId,
    generationId,
    protocolType,
    protocolName,
    assignments: new Map(body.assignments.map((assignment) => [assignment.memberId, assignment.assignment])),
  });
}

function bodyOf(answer: SyncAnswer, version: number): ResponseBody<"SyncGroup"> {
  if (answer.error !== undefined) return { errorCode: errorCodes[answer.error] };
  const { protocolType, protocolName, assignment } = answer;
  return { assignment, ...(version >= 5 && { protocolType, protocolName }) };
}
