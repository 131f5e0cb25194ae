import type { BatchProcessing, Instrumentation, Processing } from "@millrace/core";
import type { ClaimWork } from "./claim-work.ts";
import type { RecordTask } from "./record-task.ts";

/** Records that were read together, as they are observed until the last of them has come to its end here. */
export interface ObservedRecords {
  readonly processing: Processing;
  /** How many have not. */
  open: number;
}

/** Begins these tasks, from now on observed, if anybody observes. */
export function beginObserved(
  tasks: readonly RecordTask[],
  begin: () => void,
  {
    instrumentation,
    group,
    work: {
      claim: { topic, partition },
    },
  }: { readonly instrumentation: Instrumentation; readonly group: string; readonly work: ClaimWork },
): void {
  if (instrumentation.beginProcessing === undefined || tasks.length === 0) {
    begin();
    return;
  }
  const processing = instrumentation.beginProcessing({
    name: "process",
    topic,
    partition,
    group,
    messageCount: tasks.length,
    // Made only for whoever looks.
    get messages() {
      return tasks.map(({ record }) => record);
    },
  });
  if (processing === undefined) {
    begin();
    return;
  }
  const observed: ObservedRecords = { processing, open: tasks.length };
  for (const task of tasks) task.observed = observed;
  processing.together(begin);
}

/** Begins one call with several tasks, if anybody observes. */
export function beginObservedBatch(
  items: readonly { readonly task: RecordTask }[],
  group: string,
  instrumentation: Instrumentation,
): BatchProcessing | undefined {
  const [first] = items;
  if (instrumentation.beginBatch === undefined || first === undefined) return undefined;
  const { topic, partition } = first.task.record;
  const call = instrumentation.beginBatch({
    name: "process",
    topic,
    partition,
    group,
    messageCount: items.length,
    get messages() {
      return items.map(({ task }) => task.record);
    },
  });
  for (const { task } of items) task.call = call;
  return call;
}

/** A task has left. */
export function observeLeaving({ observed }: RecordTask): void {
  if (observed === undefined) return;
  observed.open--;
  if (observed.open === 0) observed.processing.end();
}
