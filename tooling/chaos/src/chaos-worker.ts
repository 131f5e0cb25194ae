import { createLogger, fixed, sleep } from "@millrace/core";
import { createClassifier } from "@millrace/retry";
import { createRuntime, type HandlerContext, type IncomingMessage, RejectedRecordError, type Runtime } from "@millrace/runtime";
import { json, string } from "@millrace/serdes";
import { type History, type RecordPlace, seededRandom } from "@millrace/testing";
import { defineTopic, type Topic } from "@millrace/topics";
import type { ChaosGround } from "./chaos-ground.ts";
import { jobKindOf } from "./job-kinds.ts";
import { forever, type Mortal } from "./mortal.ts";
import type { ScheduleSettings } from "./schedule-settings.ts";

export const jobsTopic = "jobs";
export const group = "chaos";

/** Where handlers tell of what they have handled exactly once: the place where they read it, on the same partition. */
export const resultsTopic = "results";

function jobsNamed(name: string): Topic<string, unknown> {
  return defineTopic({ name, key: string(), value: json<unknown>() });
}

const sessionTimeoutMs = 6_000;
/** After its connection is back, a worker has heard by then that others have its work. */
export const awarenessMs: number = 2 * sessionTimeoutMs;

/** What a runtime says when it is done with a record that it has not handled. */
const testimonies = { "Message sent to DLQ ": "dead-lettered", "record skipped by classification": "skipped" } as const;

/** A dead letter that was on its way at the end of a drain is stored by then. */
const overdueMs = 1_000;

/** One worker process with a runtime of its own, whose history is taken down. */
export interface ChaosWorker extends Mortal {
  readonly name: string;
  readonly runtime: Runtime;
  /** Whether it has just given up what it had not done in time: what it ends now may end again. */
  readonly isLate: () => boolean;
}

class UnwantedError extends Error {}
class LaterError extends Error {}

export function createChaosWorker(options: {
  readonly name: string;
  readonly ground: Pick<ChaosGround, "clock" | "pace" | "mortal">;
  readonly seed: number;
  readonly settings: ScheduleSettings;
  /** Takes down what it does. */
  readonly record: History["record"];
  /** It has given up what it had not done in time. */
  readonly gaveUp?: () => void;
  /** It has done a record's work, in a transaction that is not over. */
  readonly worked?: () => void;
  /** Where others have the same broker. @default "jobs" */
  readonly topic?: string;
  /** @default "results" */
  readonly results?: string;
  /** @default "chaos" */
  readonly group?: string;
  /** @default 6,000 of a schedule's milliseconds */
  readonly sessionTimeoutMs?: number;
  /** @default 0 */
  readonly leastHandlerMs?: number;
}): ChaosWorker {
  const { name, ground, seed, settings, record, topic: topicName = jobsTopic, leastHandlerMs = 0 } = options;
  const { clock, pace } = ground;
  const { later, exactlyOnce } = settings;
  const results = defineTopic({ name: options.results ?? resultsTopic, key: string(), value: string() });
  const random = seededRandom(seed);
  const mortal = ground.mortal({
    random,
    clientId: name,
    onDeath: () => record({ kind: "worker-struck", worker: name, by: "killed" }),
  });
  let gaveUpAt = Number.NEGATIVE_INFINITY;
  const isLate = (): boolean => clock.monotonic() - gaveUpAt < overdueMs;
  const logger = createLogger({
    write({ message, fields }) {
      if (mortal.isDead()) return;
      if (message.startsWith("handlers still running at the end of the drain")) {
        gaveUpAt = clock.monotonic();
        options.gaveUp?.();
      }
      const outcome = Object.entries(testimonies).find(([beginning]) => message.startsWith(beginning))?.[1];
      // With later rounds their copies in the log tell more: it may be one that has been parked before.
      if (outcome === undefined || exactlyOnce !== undefined || (outcome === "dead-lettered" && later !== undefined)) return;
      const { topic, partition, offset, disposition } = fields as unknown as RecordPlace & { disposition?: string };
      const place = { topic, partition, offset };
      record({ kind: "record-settled", worker: name, place, outcome, reason: disposition, isLate: isLate() });
    },
  });
  const runtime = createRuntime({
    kafka: mortal.kafka,
    group: options.group ?? group,
    clock,
    random,
    logger,
    sessionTimeoutMs: options.sessionTimeoutMs ?? Math.ceil(sessionTimeoutMs * pace),
    commitIntervalMs: Math.ceil(settings.commitIntervalMs * pace),
    drainMs: Math.ceil(settings.drainMs * pace),
    maxBufferedRecords: settings.maxBufferedRecords,
  });

  const handle = async (message: IncomingMessage<string, unknown>, context: HandlerContext): Promise<void> => {
    const { redrives, attempt, round, signal } = context;
    const act = jobKindOf(message.headers).act(redrives, attempt, round);
    const delayMs = act === "hang" ? Number.POSITIVE_INFINITY : leastHandlerMs + random() * settings.handlerMs * pace;
    // Some handlers do not look at their signal: they end late where they were given up.
    const isDeaf = act !== "hang" && random() < 0.3;
    if (delayMs > 0) await sleep(delayMs, isDeaf ? { clock } : { clock, signal });
    if (mortal.isDead()) await forever;
    if (act === "later") throw new LaterError("not in this round");
    if (act === "throw") throw new Error("it fails");
    if (act === "reject") throw new RejectedRecordError("it is poison");
    if (act === "skip") throw new UnwantedError("nobody wants it");
    const { topic, partition, offset } = message;
    if (exactlyOnce !== undefined) {
      void context.send(results, { value: `${topic}/${partition}/${offset}`, partition });
      options.worked?.();
      return;
    }
    record({ kind: "record-settled", worker: name, place: { topic, partition, offset }, outcome: "handled", isLate: isLate() });
  };
  runtime.process(
    jobsNamed(topicName),
    {
      order: settings.order,
      concurrency: settings.concurrency,
      retry: fixed({ attempts: settings.attempts, delayMs: settings.retryDelayMs * pace }),
      deadLetter: {},
      ...(later === undefined
        ? {}
        : { retryLater: fixed({ attempts: later.rounds, delayMs: later.delayMs * pace }), maxParked: later.maxParked }),
      handlerTimeoutMs: 3_000 * pace,
      ...(exactlyOnce && { exactlyOnce: { ...exactlyOnce, transactionTimeoutMs: Math.ceil(20_000 * pace) } }),
      classify: createClassifier({
        rules: [
          { error: UnwantedError, is: "skip" },
          { error: LaterError, is: "retry-later" },
        ],
      }),
    },
    handle,
  );
  return { ...mortal, name, runtime, isLate };
}
