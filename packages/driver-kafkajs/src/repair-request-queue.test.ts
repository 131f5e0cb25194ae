import { createRequire } from "node:module";
import { createLogger, type LogEntry } from "@millrace/core";
import type { Kafka } from "kafkajs";
import { expect, test, vi } from "vitest";
import { captureCluster } from "./capture-cluster.ts";
import { repairRequestQueue } from "./repair-request-queue.ts";

type KafkaJsPackage = { readonly Kafka: new (options: object) => Kafka; readonly logLevel: { readonly NOTHING: number } };
interface RequestQueuePrototype {
  scheduleCheckPendingRequests(): void;
}

type ModuleCache = NodeJS.Dict<NodeJS.Module>;

/** Takes every module of kafkajs out of the cache. */
function takeKafkaJs(cache: ModuleCache): ModuleCache {
  const taken = Object.fromEntries(Object.entries(cache).filter(([id]) => id.includes("/kafkajs/")));
  for (const id of Object.keys(taken)) delete cache[id];
  return taken;
}

/** A copy of kafkajs that nobody else has: the repair marks the copy it was applied to. */
function freshKafkaJs(): { readonly kafka: Kafka; readonly prototype: RequestQueuePrototype } {
  const require = createRequire(import.meta.url);
  const shared = takeKafkaJs(require.cache);
  const { Kafka, logLevel } = require("kafkajs") as KafkaJsPackage;
  const { prototype } = require("kafkajs/src/network/requestQueue/index.js") as { prototype: RequestQueuePrototype };
  takeKafkaJs(require.cache);
  Object.assign(require.cache, shared);
  return { kafka: new Kafka({ brokers: ["127.0.0.1:1"], logLevel: logLevel.NOTHING }), prototype };
}

const collecting = (): { readonly logger: ReturnType<typeof createLogger>; readonly lines: LogEntry[] } => {
  const lines: LogEntry[] = [];
  return { lines, logger: createLogger({ write: (entry) => lines.push(entry) }) };
};

const repair = async (kafka: Kafka, logger: ReturnType<typeof createLogger>): Promise<void> =>
  await repairRequestQueue(captureCluster(kafka), logger);

/** Runs the function on a queue that looks like kafkajs's; gives the delays it asked timers for. */
function scheduledBy(prototype: RequestQueuePrototype, queue: { readonly pending: number; readonly throttledForMs: number }): number[] {
  const nowMs = Date.now();
  const delays: number[] = [];
  const now = vi.spyOn(Date, "now").mockReturnValue(nowMs);
  const timers = vi
    .spyOn(globalThis, "setTimeout")
    .mockImplementation(((_task: () => void, delayMs: number) => delays.push(delayMs)) as never);
  try {
    prototype.scheduleCheckPendingRequests.call(
      Object.assign(Object.create(prototype as object) as RequestQueuePrototype, {
        pending: Array.from({ length: queue.pending }),
        throttledUntil: queue.throttledForMs === 0 ? -1 : nowMs + queue.throttledForMs,
        throttleCheckTimeoutId: null,
      }),
    );
    return delays;
  } finally {
    timers.mockRestore();
    now.mockRestore();
  }
}

test("an idle queue schedules nothing any more, where kafkajs schedules a timer in the past", async () => {
  const { kafka, prototype } = freshKafkaJs();
  const [before] = scheduledBy(prototype, { pending: 0, throttledForMs: 0 });
  expect(before).toBeLessThan(0);
  await repair(kafka, collecting().logger);
  expect(scheduledBy(prototype, { pending: 0, throttledForMs: 0 })).toEqual([]);
});

test("what waits is looked at again, and after throttling when the broker throttles", async () => {
  const { kafka, prototype } = freshKafkaJs();
  await repair(kafka, collecting().logger);
  expect(scheduledBy(prototype, { pending: 1, throttledForMs: 0 })).toEqual([10]);
  expect(scheduledBy(prototype, { pending: 1, throttledForMs: 250 })).toEqual([250]);
});

test("the repair is applied once per copy of kafkajs", async () => {
  const { kafka, prototype } = freshKafkaJs();
  const { logger, lines } = collecting();
  await repair(kafka, logger);
  const repaired = Reflect.get(prototype, "scheduleCheckPendingRequests") as unknown;
  await repair(kafka, logger);
  expect(Reflect.get(prototype, "scheduleCheckPendingRequests")).toBe(repaired);
  expect(lines).toEqual([]);
});

test("a function that is not the one of 2.2.4 is left alone, with a warning", async () => {
  const { kafka, prototype } = freshKafkaJs();
  const { logger, lines } = collecting();
  const other = (): void => {};
  prototype.scheduleCheckPendingRequests = other;
  await repair(kafka, logger);
  expect(Reflect.get(prototype, "scheduleCheckPendingRequests")).toBe(other);
  expect(lines).toMatchObject([{ level: "warn", message: expect.stringContaining("2.2.4") as unknown }]);
});
