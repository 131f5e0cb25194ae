import type { KafkaRecord } from "@millrace/kafka";
import type { ClaimWork } from "./claim-work.ts";
import type { IncomingMessage } from "./handler.ts";
import type { Chained } from "./key-chains.ts";
import type { Settleable } from "./watermark.ts";

// What a record costs beside its bytes: objects, list entries.
const overheadBytes = 200;

/** One record on its way from the buffer to being settled. */
export class RecordTask implements Settleable, Chained {
  readonly record: KafkaRecord;
  readonly work: ClaimWork;
  readonly chain: string | null;
  readonly offset: number;
  readonly bytes: number;
  settled = false;
  behind: RecordTask | null = null;
  /** Decoded once, kept over retries. */
  message: IncomingMessage<unknown, unknown> | undefined;
  /** When the running attempt began, by the monotonic clock; undefined between attempts. */
  attemptBegan: number | undefined;
  /** Ends the running attempt with a failure. */
  failAttempt: ((error: Error) => void) | undefined;

  constructor(record: KafkaRecord, work: ClaimWork, chain: string | null) {
    this.record = record;
    this.work = work;
    this.chain = chain;
    this.offset = record.offset;
    this.bytes = (record.key?.length ?? 0) + (record.value?.length ?? 0) + overheadBytes;
  }
}
