import { AbortedError, type Clock, sleep } from "@millrace/core";
import type { KafkaRecord } from "@millrace/kafka";
import { createRateLimit, type RateLimit } from "@millrace/retry";

/** How much may be taken in, over all partitions of this process. */
export interface RateLimitOptions {
  /** @default no limit */
  readonly messagesPerSecond?: number;
  /** Of keys and values. A record larger than this is taken in by itself, and paid for by those after it. @default no limit */
  readonly bytesPerSecond?: number;
}

/** When the records of a topic's batches are taken in. */
export interface Admission {
  /**
   * How many of these records, counted from `from`, may be taken in now: waits until it is one at least. 0 when the signal aborts.
   * @param since when the batch came, in milliseconds since the epoch
   */
  admit(records: readonly KafkaRecord[], from: number, since: number, signal: AbortSignal): Promise<number>;
  /** Batches that wait now, by what for. */
  readonly waiting: { readonly due: number; readonly "rate-limit": number };
}

/** What an admission is made of. */
export interface AdmissionParts {
  /** Shared by the topics of a processor. */
  readonly limits?: IntakeLimits | undefined;
  readonly due?: DueTime | undefined;
  readonly clock: Clock;
}

/** From when on records may be handled. */
export interface DueTime {
  /** In milliseconds since the epoch; undefined: at once. */
  of(record: KafkaRecord): number | undefined;
  /** No record waits longer than this after its batch came, in milliseconds: whoever stamped it may have had another clock. */
  readonly longestMs: number;
}

/** A clock on the wall may be set: the time is looked at again so often. */
const lookAgainMs = 60_000;

/** Lets batches in record by record where they have to wait for their time or for a limit. */
export function createAdmission({ limits, due, clock }: AdmissionParts): Admission {
  const waiting = { due: 0, "rate-limit": 0 };

  const waitFor = async <T>(what: keyof typeof waiting, wait: () => Promise<T>): Promise<T> => {
    waiting[what]++;
    try {
      return await wait();
    } finally {
      waiting[what]--;
    }
  };

  /** How many from there are due; waits for the first. */
  const dueFrom = async (records: readonly KafkaRecord[], from: number, since: number, signal: AbortSignal): Promise<number> => {
    if (due === undefined) return records.length - from;
    const latest = since + due.longestMs;
    const dueAt = (record: KafkaRecord): number => Math.min(due.of(record) ?? 0, latest);
    const first = dueAt(records[from] as KafkaRecord);
    for (let missing = first - clock.now(); missing > 0; missing = first - clock.now())
      await waitFor("due", async () => await sleep(Math.min(missing, lookAgainMs), { clock, signal }));
    const now = clock.now();
    let until = from + 1;
    while (until < records.length && dueAt(records[until] as KafkaRecord) <= now) until++;
    return until - from;
  };

  return {
    waiting,
    async admit(records, from, since, signal) {
      try {
        const count = await dueFrom(records, from, since, signal);
        if (limits === undefined || signal.aborted) return signal.aborted ? 0 : count;
        return await waitFor("rate-limit", async () => await limits.take(records, from, count, signal));
      } catch (error) {
        if (!AbortedError.is(error)) throw error;
        return 0;
      }
    },
  };
}

/** Limits of messages and bytes, for everything that shares them. */
export interface IntakeLimits {
  /** Waits for the turn of the first records from there, as many as fit in, at most `count`; answers how many. */
  take(records: readonly KafkaRecord[], from: number, count: number, signal: AbortSignal): Promise<number>;
}

/** What is taken at a time belongs to so long: in smaller steps timers would set the pace, in larger ones it would not be even. */
const stepMs = 50;

/**
 * Makes the limits of a processor; undefined when there are none.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`)
 */
export function createIntakeLimits({ messagesPerSecond, bytesPerSecond }: RateLimitOptions, clock: Clock): IntakeLimits | undefined {
  if (messagesPerSecond === undefined && bytesPerSecond === undefined) return undefined;
  const limitOf = (perSecond: number | undefined): RateLimit | undefined =>
    perSecond === undefined ? undefined : createRateLimit({ perSecond, clock });
  const messages = limitOf(messagesPerSecond);
  const bytes = limitOf(bytesPerSecond);
  const mostMessages = stepOf(messagesPerSecond);
  const mostBytes = stepOf(bytesPerSecond);
  return {
    async take(records, from, most, signal) {
      let size = bytesOf(records[from] as KafkaRecord);
      let count = 1;
      for (; count < most && count < mostMessages; count++) {
        const more = bytesOf(records[from + count] as KafkaRecord);
        if (size + more > mostBytes) break;
        size += more;
      }
      await messages?.take({ count, signal });
      await bytes?.take({ count: size, signal });
      return count;
    },
  };
}

function stepOf(perSecond = Number.POSITIVE_INFINITY): number {
  return Math.max(1, (perSecond * stepMs) / 1_000);
}

function bytesOf({ key, value }: KafkaRecord): number {
  return (key?.length ?? 0) + (value?.length ?? 0);
}

/** What is wrong with such options. */
export function rateLimitProblems(rateLimit: RateLimitOptions): readonly string[] {
  return (["messagesPerSecond", "bytesPerSecond"] as const).flatMap((name) => {
    const value = rateLimit[name];
    const isRight = value === undefined || (Number.isFinite(value) && value > 0);
    return isRight ? [] : [`rateLimit.${name} must be a number above 0, not ${value}`];
  });
}
