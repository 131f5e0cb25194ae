import { type ApiName, apis } from "@millrace/protocol";
import type { EngineRequest } from "../engine/api-registration.ts";
import type { FaultScope, FaultTarget } from "./fault-scope.ts";
import { splitRequest } from "./split-request.ts";
import { topicLayouts } from "./topic-layout.ts";

/** Whether a request fits what a fault says of it; `times`, `skip` and `probability` come after. */
export type ScopeFilter = (request: EngineRequest) => boolean;

/** Names that requests of some API have. */
interface NamingBody {
  readonly groupId?: string;
  readonly groupsNames?: readonly string[];
  readonly groups?: readonly (string | { readonly groupId: string })[];
  readonly transactionalId?: string | null;
  readonly v3AndBelowTransactionalId?: string;
  readonly transactionalIds?: readonly string[];
  readonly transactions?: readonly { readonly transactionalId: string }[];
}

const groupKey = 0;
const transactionKey = 1;

/** Makes the filter of a fault. `nameOf` finds the name of a topic that is named by its id. */
export function scopeFilter(target: FaultTarget, scope: FaultScope, nameOf: (topicId: string) => string | undefined): ScopeFilter {
  const wanted: ReadonlySet<ApiName> | undefined = target === "*" ? undefined : new Set(typeof target === "string" ? [target] : target);
  const { topic, partition, groupId, transactionalId, clientId, nodeId, connectionId, when } = scope;
  return (request) => {
    if (wanted !== undefined && !wanted.has(request.api)) return false;
    if (clientId !== undefined && request.clientId !== clientId) return false;
    if (nodeId !== undefined && request.nodeId !== nodeId) return false;
    if (connectionId !== undefined && request.connection.id !== connectionId) return false;
    if (groupId !== undefined && !namesGroup(request, groupId)) return false;
    if (transactionalId !== undefined && !namesTransaction(request, transactionalId)) return false;
    if (topic !== undefined) {
      const layout = topicLayouts[request.api];
      if (layout === undefined || splitRequest(request, layout, { topic, partition }, nameOf).met === undefined) return false;
    }
    return when === undefined || when(request);
  };
}

/** What is wrong with a scope. */
export function scopeProblems(target: FaultTarget, scope: FaultScope, served: ReadonlySet<ApiName>): string[] {
  const { times, skip, forMs, probability, topic, partition } = scope;
  const names: readonly ApiName[] = target === "*" ? [] : typeof target === "string" ? [target] : target;
  const problems: string[] = [];
  for (const name of names) {
    if (!served.has(name)) problems.push(`${name} is not an API that this broker serves${name in apis ? "" : ", nor any Kafka"}`);
    else if (topic !== undefined && topicLayouts[name] === undefined) problems.push(`requests of ${name} cannot be told apart by topic`);
  }
  if (target !== "*" && names.length === 0) problems.push("name at least one API");
  if (times !== undefined && !(Number.isSafeInteger(times) && times >= 1))
    problems.push(`times must be a whole number of at least 1, not ${times}`);
  if (skip !== undefined && !(Number.isSafeInteger(skip) && skip >= 0))
    problems.push(`skip must be a whole number of at least 0, not ${skip}`);
  if (forMs !== undefined && !(forMs >= 0)) problems.push(`forMs must be at least 0, not ${forMs}`);
  if (probability !== undefined && !(probability >= 0 && probability <= 1))
    problems.push(`probability must be from 0 to 1, not ${probability}`);
  if (partition !== undefined && topic === undefined) problems.push("partition needs a topic beside it");
  return problems;
}

function namesGroup(request: EngineRequest, groupId: string): boolean {
  if (request.api === "FindCoordinator") return asksForKey(request as EngineRequest<"FindCoordinator">, groupKey, groupId);
  const body = request.body as NamingBody;
  return (
    body.groupId === groupId ||
    body.groupsNames?.includes(groupId) === true ||
    body.groups?.some((group) => (typeof group === "string" ? group : group.groupId) === groupId) === true
  );
}

function namesTransaction(request: EngineRequest, transactionalId: string): boolean {
  if (request.api === "FindCoordinator") return asksForKey(request as EngineRequest<"FindCoordinator">, transactionKey, transactionalId);
  const body = request.body as NamingBody;
  return (
    body.transactionalId === transactionalId ||
    body.v3AndBelowTransactionalId === transactionalId ||
    body.transactionalIds?.includes(transactionalId) === true ||
    body.transactions?.some((transaction) => transaction.transactionalId === transactionalId) === true
  );
}

function asksForKey({ body }: EngineRequest<"FindCoordinator">, keyType: number, key: string): boolean {
  return body.keyType === keyType && (body.key === key || body.coordinatorKeys.includes(key));
}
