import type { BatchProcessing } from "@millrace/core";
import type { KafkaRecord } from "@millrace/kafka";
import type { ClaimWork } from "./claim-work.ts";
import type { Turn } from "./durable/durable-retry.ts";
import type { IncomingMessage } from "./handler.ts";
import type { Chained } from "./key-chains.ts";
import type { ObservedRecords } from "./observed-records.ts";
import type { RuntimeError } from "./runtime-error.ts";
import type { Ticket } from "./watermark.ts";

// What a record costs beside its bytes: objects, list entries.
const overheadBytes = 200;

/** One record on its way from the buffer to being settled. */
export class RecordTask implements Chained {
  readonly record: KafkaRecord;
  readonly work: ClaimWork;
  readonly chain: number | null;
  /** Its place in the partition's watermark. */
  readonly ticket: Ticket;
  readonly bytes: number;
  behind: RecordTask | null = null;
  /** Decoded once, kept over retries. */
  message: IncomingMessage<unknown, unknown> | undefined;
  /** With those that it was read with, when somebody observes them. */
  observed: ObservedRecords | undefined;
  /** The call that was last made with it, when somebody observes calls with several. */
  call: BatchProcessing | undefined;
  /** Its turn, where retries are durable. */
  turn: Turn | undefined;
  /** Attempts that have begun. */
  attempts = 0;
  /** It waits for its next attempt, and for nothing else. */
  isBetweenAttempts = false;
  /** Somebody wants no further attempt of it, for this reason. */
  overruled: RuntimeError | undefined;
  /** Goes on after a wait between attempts; undefined when the task has not begun. */
  resume: (() => void) | undefined;

  constructor(record: KafkaRecord, work: ClaimWork, chain: number | null) {
    this.record = record;
    this.work = work;
    this.chain = chain;
    this.ticket = work.watermark.add(record.offset, record.leaderEpoch);
    let bytes = (record.key?.length ?? 0) + (record.value?.length ?? 0) + overheadBytes;
    const { headers } = record;
    if (headers.length > 0) for (const [name, value] of headers) bytes += name.length + (value?.length ?? 0);
    this.bytes = bytes;
  }
}
