import type { ApiName } from "@millrace/protocol";
import { failureAnswer } from "../faults/error-answers.ts";
import { type NextHandler, thenAnswer } from "../faults/interceptor.ts";
import type { CoordinatedKind } from "../topics/internal-topics.ts";
import type { EngineRequest, EngineResponse, ResponseBody } from "./api-registration.ts";
import type { CoordinatorDirectory } from "./coordinator-directory.ts";

/** What a request asks a coordinator for: one key, or a list in which each entry has its own. */
interface CoordinatedApi {
  readonly kind: CoordinatedKind;
  /** Field of the one key. */
  readonly key?: string;
  /** Lists in the request and in the answer, and the field of an entry's key where the entry is not the key. */
  readonly list?: { readonly asked: string; readonly answered: string; readonly key?: string };
}

const byGroup: CoordinatedApi = { kind: "group", key: "groupId" };
const byTransactionalId: CoordinatedApi = { kind: "transaction", key: "transactionalId" };

const coordinatedApis: { readonly [Api in ApiName]?: CoordinatedApi } = {
  OffsetCommit: byGroup,
  OffsetFetch: { ...byGroup, list: { asked: "groups", answered: "groups", key: "groupId" } },
  OffsetDelete: byGroup,
  TxnOffsetCommit: byGroup,
  JoinGroup: byGroup,
  SyncGroup: byGroup,
  Heartbeat: byGroup,
  LeaveGroup: byGroup,
  DescribeGroups: { kind: "group", list: { asked: "groups", answered: "groups" } },
  DeleteGroups: { kind: "group", list: { asked: "groupsNames", answered: "results" } },
  InitProducerId: byTransactionalId,
  AddPartitionsToTxn: {
    kind: "transaction",
    key: "v3AndBelowTransactionalId",
    list: { asked: "transactions", answered: "resultsByTransaction", key: "transactionalId" },
  },
  AddOffsetsToTxn: byTransactionalId,
  EndTxn: byTransactionalId,
  DescribeTransactions: { kind: "transaction", list: { asked: "transactionalIds", answered: "transactionStates" } },
};

type Fields = Readonly<Record<string, unknown>>;

/** Hands a request on if it came to the right coordinator. What came to the wrong one is answered with NOT_COORDINATOR, each key for itself. */
export function atCoordinator(request: EngineRequest, coordinators: CoordinatorDirectory, next: NextHandler): EngineResponse {
  const api = coordinatedApis[request.api];
  const { nodeId } = request;
  if (api === undefined || nodeId === undefined) return next(request);
  const body = request.body as unknown as Fields;
  const { kind, key, list } = api;
  const isHere = (wanted: unknown): boolean => typeof wanted !== "string" || coordinators.isAt(nodeId, kind, wanted);
  const asked = list === undefined ? [] : (body[list.asked] as readonly unknown[]);
  if (list === undefined || asked.length === 0) {
    return key === undefined || isHere(body[key]) ? next(request) : notCoordinator(request);
  }
  const keyOf = (entry: unknown): unknown => (list.key === undefined ? entry : (entry as Fields)[list.key]);
  const elsewhere = asked.filter((entry) => !isHere(keyOf(entry)));
  if (elsewhere.length === 0) return next(request);
  const only = (entries: readonly unknown[]) => ({ ...request, body: { ...body, [list.asked]: entries } }) as unknown as EngineRequest;
  if (elsewhere.length === asked.length) return notCoordinator(request);
  const refused = notCoordinator(only(elsewhere)) as unknown as Fields;
  return thenAnswer(next(only(asked.filter((entry) => isHere(keyOf(entry))))), (answer) => {
    const here = answer as unknown as Fields;
    const all = [...(here[list.answered] as readonly unknown[]), ...(refused[list.answered] as readonly unknown[])];
    return { ...here, [list.answered]: all };
  });
}

function notCoordinator(request: EngineRequest): ResponseBody | undefined {
  return failureAnswer(request, "NOT_COORDINATOR");
}
