import { abortable } from "@millrace/core";
import { type Kafka, KafkaError, type RawMessage } from "@millrace/kafka";
import { RetryError } from "./retry-error.ts";

/** What is stored together, item by item; null: only the records about it. */
export interface JobItem {
  readonly message: RawMessage | null;
}

/** What was stored, and what the topic does not take. */
export interface WrittenItems<Item> {
  readonly stored: readonly Item[];
  readonly refused: readonly { readonly item: Item; readonly error: KafkaError }[];
}

/**
 * Writes what a job does, in transactions: what becomes of letters, and the records of it, are stored together or not at all. All jobs on the letters of a group
 * share one transactional id, so that the newest shuts out whoever worked on them before.
 */
export interface JobWriter {
  /**
   * Shuts out other jobs, and has what they left open aborted. What is read after this is final.
   * @throws AbortedError (`ABORTED`), KafkaError
   */
  claim(signal: AbortSignal | undefined): Promise<void>;
  /**
   * Stores the items with the records about them. Those that the topic does not take are left out; the others are stored.
   * @throws RetryError (`RETRY_JOB_TAKEN_OVER`); KafkaError: none of them is stored, or, where the last commit was not answered, all of them may be
   */
  write<Item extends JobItem>(
    items: readonly Item[],
    recordsOf: (stored: readonly Item[]) => readonly RawMessage[],
  ): Promise<WrittenItems<Item>>;
  close(): Promise<void>;
}

const largestMessageBytes = 128 * 1_048_576;
/** After a kill, readers of what was written last wait as long for the broker to abort it, unless the job is run again. */
const transactionTimeoutMs = 10_000;
const mostAttempts = 3;

/** Makes the writer of one job. */
export function createJobWriter(options: { readonly kafka: Kafka; readonly transactionalId: string; readonly job: string }): JobWriter {
  const { kafka, transactionalId, job } = options;
  // A letter's original may be as large as its topic allows; the broker has the last word.
  const producer = kafka.transactionalProducer({
    transactionalId,
    transactionTimeoutMs,
    maxMessageBytes: largestMessageBytes,
    bufferBytes: 2 * largestMessageBytes,
  });

  /** Resolves when the transaction is committed; a commit that was not answered is asked again. */
  const commit = async (): Promise<void> => {
    for (let attempt = 1; ; attempt++) {
      try {
        await producer.commit();
        return;
      } catch (error) {
        if (producer.state !== "in_doubt" || attempt >= mostAttempts) throw error;
      }
    }
  };

  return {
    claim: (signal) => abortable(producer.begin(), { signal, what: `job "${job}"` }),

    async write(items, recordsOf) {
      let stored = items;
      const refused: { readonly item: (typeof items)[number]; readonly error: KafkaError }[] = [];
      for (let attempt = 1; ; ) {
        if (stored.length === 0 && refused.length > 0) return { stored, refused };
        try {
          if (producer.state !== "in_transaction") await producer.begin();
          const refusedNow = await sendAll((message) => producer.sendRaw(message), stored, recordsOf(stored));
          if (refusedNow.size === 0) {
            await commit();
            return { stored, refused };
          }
          for (const [item, error] of refusedNow) refused.push({ item, error });
          stored = stored.filter((item) => !refusedNow.has(item));
          await producer.abort();
        } catch (error) {
          if (producer.state === "in_transaction" || producer.state === "abortable_error") await producer.abort().catch(() => undefined);
          if (producer.state === "fenced") throw takenOver(job, error);
          if (producer.state === "ready" && mayPass(error) && attempt++ < mostAttempts) continue;
          throw error;
        }
      }
    },

    close: () => producer.close(),
  };
}

/** Sends everything, and resolves when all of it has its outcome. @throws the first failure that is no refusal, when nothing was refused */
async function sendAll<Item extends JobItem>(
  send: (message: RawMessage) => Promise<unknown>,
  items: readonly Item[],
  records: readonly RawMessage[],
): Promise<ReadonlyMap<Item, KafkaError>> {
  const refused = new Map<Item, KafkaError>();
  let failure: { readonly error: unknown } | undefined;
  const sent: Promise<unknown>[] = [];
  for (const item of items) {
    if (item.message === null) continue;
    const failed = (error: unknown): void => {
      if (isRefusal(error)) refused.set(item, error);
      else failure ??= { error };
    };
    sent.push(send(item.message).catch(failed));
  }
  for (const record of records) {
    sent.push(
      send(record).catch((error: unknown) => {
        failure ??= { error };
      }),
    );
  }
  await Promise.all(sent);
  if (failure !== undefined && refused.size === 0) throw failure.error;
  return refused;
}

/** Also a transaction that the broker has aborted because of its age. */
function mayPass(error: unknown): boolean {
  return KafkaError.is(error) && (error.retryable || error.code === "TRANSACTION_ABORTABLE");
}

function isRefusal(error: unknown): error is KafkaError {
  return KafkaError.is(error) && (error.code === "KAFKA_MESSAGE_TOO_LARGE" || error.code === "KAFKA_INVALID_PARTITION");
}

function takenOver(job: string, cause: unknown): RetryError {
  return new RetryError({
    code: "RETRY_JOB_TAKEN_OVER",
    message: `job "${job}" was shut out by another one that began to work on the dead letters of the same group; what it did before is recorded: run it again, under its name, for what the other one leaves`,
    cause,
  });
}
