import { type ApiName, errorCodes } from "@millrace/protocol";
import type { EngineRequest } from "../engine/api-registration.ts";
import { errorFault } from "./error-fault.ts";
import type { FaultMoment } from "./fault-scope.ts";
import { type Interceptor, type NextHandler, thenAnswer } from "./interceptor.ts";

/** What only a partition's leader answers, and the API that says who that is. */
export const leaderApis: readonly ApiName[] = [
  "Produce",
  "Fetch",
  "ListOffsets",
  "OffsetForLeaderEpoch",
  "DeleteRecords",
  "DescribeProducers",
  "Metadata",
];

/** While a partition has no leader, the broker that was it says so, and Metadata names nobody. */
export function leaderChange(
  topic: string,
  partition: number,
  options: FaultMoment & { readonly nameOf: (topicId: string) => string | undefined },
): Interceptor {
  const { at = "before", nameOf } = options;
  const refuse = (when: "before" | "after") =>
    errorFault({ error: "NOT_LEADER_OR_FOLLOWER", target: { topic, partition }, at: when, nameOf });
  const handlers = { before: refuse("before"), after: refuse("after") };
  return (request, next) => {
    // What only reads has no effect to come after.
    if (request.api !== "Metadata") return handlers[request.api === "Produce" ? at : "before"](request, next);
    return thenAnswer<"Metadata">((next as NextHandler<"Metadata">)(request as EngineRequest<"Metadata">), (answer) => ({
      ...answer,
      topics: answer?.topics?.map((described) => ({
        ...described,
        partitions: described.partitions?.map((one) =>
          described.name === topic && one.partitionIndex === partition
            ? { ...one, errorCode: errorCodes.LEADER_NOT_AVAILABLE, leaderId: -1 }
            : one,
        ),
      })),
    }));
  };
}
