import type { ApiName } from "@millrace/protocol";
import { errorFault } from "./error-fault.ts";
import type { Interceptor } from "./interceptor.ts";

const groupApis: readonly ApiName[] = [
  "OffsetCommit",
  "OffsetFetch",
  "OffsetDelete",
  "JoinGroup",
  "SyncGroup",
  "Heartbeat",
  "LeaveGroup",
  "DescribeGroups",
  "DeleteGroups",
  "TxnOffsetCommit",
];
const transactionApis: readonly ApiName[] = ["AddPartitionsToTxn", "AddOffsetsToTxn", "EndTxn", "DescribeTransactions"];

/** Which of the served APIs a coordinator answers, and the one that finds it. */
export function coordinatorApis(which: "groups" | "transactions" | "both", served: ReadonlySet<ApiName>): ApiName[] {
  const apis = [
    ...(which === "transactions" ? [] : groupApis),
    ...(which === "groups" ? [] : [...transactionApis, "InitProducerId" as const]),
  ];
  return [...apis, "FindCoordinator" as const].filter((api) => served.has(api));
}

const everywhere = { target: undefined, nameOf: () => undefined };
const lost = errorFault({ error: "NOT_COORDINATOR", ...everywhere });
const nowhere = errorFault({ error: "COORDINATOR_NOT_AVAILABLE", ...everywhere });

/** While there is no coordinator, the broker that was it says so, and nobody can say who is. */
export const coordinatorLoss: Interceptor = (request, next) => (request.api === "FindCoordinator" ? nowhere : lost)(request, next);
