import { errorCodes, type RequestTypes } from "@millrace/protocol";
import { knownTransactionStates } from "../transactions/transaction-state.ts";
import type { TransactionalId } from "../transactions/transactional-id.ts";
import { type ApiRegistration, serve } from "./api-registration.ts";

/** The transactional ids there are, by state, producer, duration and pattern where the client asks so (KIP-664, KIP-994, KIP-1152). */
export const listTransactions: ApiRegistration = serve("ListTransactions", {
  handle({ body, nodeId }, broker) {
    const pattern = patternOf(body.transactionalIdPattern);
    if (pattern === "broken") return { errorCode: errorCodes.INVALID_REGULAR_EXPRESSION };
    const nowMs = broker.clock.now();
    const found = [...broker.transactions.all()].filter(
      (each) => broker.coordinators.isAt(nodeId, "transaction", each.id) && isWanted(each, body, nowMs) && (pattern?.test(each.id) ?? true),
    );
    return {
      unknownStateFilters: body.stateFilters.filter((state) => !knownTransactionStates.has(state)),
      transactionStates: found.map(({ id, identity, state }) => ({
        transactionalId: id,
        producerId: identity.producerId,
        transactionState: state,
      })),
    };
  },
});

function isWanted(
  { identity, state, startedAtMs }: TransactionalId,
  { stateFilters, producerIdFilters, durationFilter }: RequestTypes["ListTransactions"],
  nowMs: number,
): boolean {
  if (producerIdFilters.length > 0 && !producerIdFilters.includes(identity.producerId)) return false;
  if (stateFilters.length > 0 && !stateFilters.includes(state)) return false;
  return durationFilter < 0 || nowMs - startedAtMs > durationFilter;
}

/** Kafka matches with RE2, whose common part JavaScript's expressions share. */
function patternOf(pattern: string | null): RegExp | "broken" | undefined {
  if (pattern === null || pattern === "") return undefined;
  try {
    return new RegExp(`^(?:${pattern})$`, "u");
  } catch {
    return "broken";
  }
}
