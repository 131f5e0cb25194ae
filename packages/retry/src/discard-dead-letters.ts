import { runDeadLetterJob } from "./dead-letter-job.ts";
import type { DeadLetterSelection } from "./dead-letter-selection.ts";
import { type DeadLetterJobOptions, type DiscardReport, resolveJobOptions } from "./redrive-options.ts";

/**
 * Lets dead letters rest: they are listed no longer, and no redrive brings them back that does not ask for `states: ["discarded"]`. Their records stay where
 * they are for as long as their topic keeps them.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`), RetryError (`RETRY_BAD_TOPIC_NAME`, `RETRY_JOB_TAKEN_OVER`), AbortedError (`ABORTED`), KafkaError; what was discarded before is recorded
 */
export async function discardDeadLetters(
  options: DeadLetterJobOptions & {
    /** Which letters; `{}` means all. */
    readonly select: DeadLetterSelection;
  },
): Promise<DiscardReport> {
  const { job } = options;
  const resolved = resolveJobOptions("discard", options);
  const { counts, newer, resumed, reasons } = await runDeadLetterJob(resolved, {
    action: "discard",
    target: null,
    rate: undefined,
    decide: () => ({ state: "discarded", message: null }),
  });
  return { job, dryRun: resolved.dryRun, open: counts.open, discarded: counts.discarded, left: counts.left, newer, resumed, reasons };
}
