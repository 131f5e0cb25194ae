import type { RetryPolicyOptions } from "@millrace/core";
import type { KafkaCheckContext, Settings } from "@millrace/kafka/checks";
import type { DeadLetterNaming } from "../topic-names.ts";

/** What the checks of this package look at. */
export interface RetryCheckContext extends KafkaCheckContext {
  /** How handlers are retried, and where records go that cannot be handled; undefined when nothing is processed. */
  readonly retry?:
    | Settings<
        RetryPolicyOptions & {
          readonly naming: DeadLetterNaming;
          readonly later: Settings<RetryPolicyOptions>;
          /** Waits that have topics of their own, in milliseconds. */
          readonly tiers: readonly number[];
        }
      >
    | undefined;
}

/** For `blockedBy`. */
export function withoutRetry({ retry }: RetryCheckContext): string | undefined {
  return retry === undefined ? "no settings of retries and dead letters were given" : undefined;
}
