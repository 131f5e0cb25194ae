import type { BatchProcessing, Instrumentation, Operation, Processing } from "@millrace/core";
import type { KafkaRecord } from "@millrace/kafka";
import type { ClaimWork } from "./claim-work.ts";
import type { RecordTask } from "./record-task.ts";

/** Records that were read together, as they are observed until the last of them has come to its end here. */
export interface ObservedRecords {
  readonly processing: Processing;
  /** How many have not. */
  open: number;
}

/**
 * Says of which records, only to whoever asks. A class and not an object with a getter: V8 keeps the getter of each such object, and with it what that sees, until a
 * full collection, which made all of this cost as much again as handling the records does.
 */
class ProcessOperation implements Operation {
  readonly name = "process";
  readonly topic: string;
  readonly partition: number;
  readonly group: string;
  readonly messageCount: number;
  readonly #records: () => KafkaRecord[];

  constructor(
    of: { readonly topic: string; readonly partition: number; readonly group: string },
    count: number,
    records: () => KafkaRecord[],
  ) {
    this.topic = of.topic;
    this.partition = of.partition;
    this.group = of.group;
    this.messageCount = count;
    this.#records = records;
  }

  get messages(): readonly KafkaRecord[] {
    return this.#records();
  }
}

function recordsOf(tasks: readonly RecordTask[]): KafkaRecord[] {
  return tasks.map(({ record }) => record);
}

/**
 * Knows in whose shared context what is done now is done. To ask for the current context for each record costs as much as all else that is observed of it.
 */
export class SharedContext {
  #inside: Processing | undefined;

  /** Whether an attempt at this task would begin in its context already. */
  has({ record, observed }: RecordTask): boolean {
    return observed !== undefined && observed.processing === this.#inside && observed.processing.isShared?.(record) === true;
  }

  /** From now on it is the context that all of these share, or, undefined, whatever context. Gives what it was, to go back to. */
  enter(processing: Processing | undefined): Processing | undefined {
    const before = this.#inside;
    this.#inside = processing;
    return before;
  }
}

/** Begins these tasks, from now on observed, if anybody observes. */
export function beginObserved(
  tasks: readonly RecordTask[],
  begin: () => void,
  {
    instrumentation,
    group,
    shared,
    work: {
      claim: { topic, partition },
    },
  }: { readonly instrumentation: Instrumentation; readonly group: string; readonly shared: SharedContext; readonly work: ClaimWork },
): void {
  if (instrumentation.beginProcessing === undefined || tasks.length === 0) {
    begin();
    return;
  }
  const processing = instrumentation.beginProcessing(
    new ProcessOperation({ topic, partition, group }, tasks.length, () => recordsOf(tasks)),
  );
  if (processing === undefined) {
    begin();
    return;
  }
  const observed: ObservedRecords = { processing, open: tasks.length };
  for (const task of tasks) task.observed = observed;
  processing.together(() => {
    const before = shared.enter(processing);
    begin();
    shared.enter(before);
  });
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
  const records = (): KafkaRecord[] => items.map(({ task }) => task.record);
  const call = instrumentation.beginBatch(new ProcessOperation({ topic, partition, group }, items.length, records));
  for (const { task } of items) task.call = call;
  return call;
}

/** A task has left. */
export function observeLeaving({ observed }: RecordTask): void {
  if (observed === undefined) return;
  observed.open--;
  if (observed.open === 0) observed.processing.end();
}
