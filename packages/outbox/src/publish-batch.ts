import { decideRetry } from "@millrace/core";
import type { RawMessage } from "@millrace/kafka";
import { type EntryOutcome, laneOf, type OutboxEntry } from "./outbox-entry.ts";
import type { ResolvedRelayOptions } from "./relay-options.ts";

// What a store keeps of an error: enough to know it by.
const longestError = 1_024;

/**
 * Publishes entries, oldest first: those of one topic and key one after another, all others at once. One that has to be tried again holds up the later ones of its
 * key, which then have no outcome; so does the signal, for all that have not been sent.
 */
export async function publishBatch(
  entries: readonly OutboxEntry[],
  options: ResolvedRelayOptions,
  signal: AbortSignal,
): Promise<readonly EntryOutcome[]> {
  const lanes = new Map<unknown, OutboxEntry[]>();
  for (const entry of entries) {
    const lane = laneOf(entry.message) ?? entry;
    const others = lanes.get(lane);
    if (others === undefined) lanes.set(lane, [entry]);
    else others.push(entry);
  }
  const outcomes: EntryOutcome[] = [];
  const publishLane = async (lane: readonly OutboxEntry[]): Promise<void> => {
    for (const entry of lane) {
      if (signal.aborted) return;
      const outcome = await publish(entry, options);
      outcomes.push(outcome);
      if (outcome.status === "pending") return;
    }
  };
  await Promise.all([...lanes.values()].map(publishLane));
  return outcomes;
}

async function publish(entry: OutboxEntry, options: ResolvedRelayOptions): Promise<EntryOutcome> {
  const { id, message, createdAt } = entry;
  const { producer, idHeader, clock, random, logger } = options;
  try {
    await producer.sendRaw(idHeader === null ? message : withHeader(message, idHeader, id));
    return { id, status: "published" };
  } catch (cause) {
    const attempts = entry.attempts + 1;
    const error = describe(cause);
    const decision = isWorthAnother(cause, id, options)
      ? decideRetry(options.retry, { attempt: attempts, elapsedMs: Math.max(0, clock.now() - createdAt) }, random)
      : ({ retry: false } as const);
    const fields = { id, topic: message.topic, attempts, error: cause };
    if (decision.retry) {
      logger.warn("outbox entry not published; it is tried again", { ...fields, delay_ms: decision.delayMs });
      return { id, status: "pending", attempts, delayMs: decision.delayMs, error };
    }
    logger.error("outbox entry failed; it is published only when it is requeued", fields);
    return { id, status: "failed", attempts, error };
  }
}

/** What the option cannot judge is tried again: it must not hold up all the others. */
function isWorthAnother(cause: unknown, id: string, { shouldRetry, logger }: ResolvedRelayOptions): boolean {
  try {
    return shouldRetry(cause);
  } catch (error) {
    logger.error("the relay's shouldRetry option failed; the outbox entry is tried again", { id, error });
    return true;
  }
}

function withHeader(message: RawMessage, name: string, value: string): RawMessage {
  return { ...message, headers: [...(message.headers ?? []), [name, Buffer.from(value, "utf8")]] };
}

function describe(error: unknown): string {
  try {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return text.slice(0, longestError);
  } catch {
    // A proxy, or something with a getter that throws.
    return "something that cannot be described";
  }
}
