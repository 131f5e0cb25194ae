import { fixed, sleep } from "@millrace/core";
import { string } from "@millrace/serdes";
import { seededRandom } from "@millrace/testing";
import { defineTopic } from "@millrace/topics";
import { expect, test } from "vitest";
import { createRuntime, type ProcessOptions, type Runtime } from "../src/index.ts";
import { createVirtualCluster } from "./support/virtual-cluster.ts";

const partitions = 3;
const jobs = defineTopic({ name: "jobs", key: string(), value: string(), partitions });

function chooseOptions(random: () => number): ProcessOptions<string> {
  const draw = random();
  return {
    concurrency: 1 + Math.floor(random() * 6),
    retry: fixed({ attempts: 3, delayMs: 30 }),
    deadLetter: {},
    ...(draw < 0.3 ? { retryLater: fixed({ attempts: 5, delayMs: 2_000 }) } : draw < 0.5 ? { exactlyOnce: true } : {}),
    ...(random() < 0.3 ? { rateLimit: { messagesPerSecond: 50 } } : {}),
    ...(random() < 0.3 ? { delayMs: 500 } : {}),
  };
}

test.each(Array.from({ length: 25 }, (_, seed) => seed))(
  "commands, hand-overs and failures in any order lose nothing and leave nobody stuck: seed %i",
  async (seed) => {
    const random = seededRandom(seed);
    const pick = (count: number): number => Math.floor(random() * count);
    const { clock, kafka, engine, parts, committed } = createVirtualCluster();
    const options = chooseOptions(random);
    const isBatched = options.exactlyOnce === undefined && random() < 0.25;
    const handled = new Map<string, number>();
    const running = new Map<string, number>();
    const failures: unknown[] = [];
    const handle = async (key: string, value: string, attempt: number): Promise<void> => {
      running.set(key, (running.get(key) ?? 0) + 1);
      // A key runs once at a time, whatever is moved and paused meanwhile.
      if (running.get(key) !== 1) failures.push(new Error(`key ${key} runs twice`));
      try {
        await sleep(random() * 60, { clock });
        if (attempt === 1 && random() < 0.1) throw new Error("a passing fault");
        handled.set(value, (handled.get(value) ?? 0) + 1);
      } finally {
        running.set(key, (running.get(key) as number) - 1);
      }
    };
    const workers: Runtime[] = [];
    const ended: Promise<unknown>[] = [];
    const add = async (): Promise<void> => {
      const runtime = createRuntime(parts({ drainMs: 2_000, maxBufferedRecords: random() < 0.3 ? 5 : 10_000 }));
      runtime.stopped.catch((error: unknown) => failures.push(error));
      if (isBatched) {
        const { retryLater: _, ...rest } = options;
        runtime.processBatch(jobs, { ...rest, batchSize: 1 + pick(8), lingerMs: pick(50) }, async (messages, context) => {
          for (const message of messages) await handle(message.key as string, message.value, context.of(message).attempt);
        });
      } else runtime.process(jobs, options, ({ key, value }, { attempt }) => handle(key as string, value, attempt));
      workers.push(runtime);
      await clock.runUntil(runtime.start());
    };
    await clock.runUntil(kafka.admin().ensureTopics([jobs]));
    const producer = kafka.producer();
    let sent = 0;
    const command = (runtime: Runtime): Promise<unknown> | undefined => {
      const selection = random() < 0.4 ? "jobs" : { topic: "jobs", partition: pick(partitions) };
      const draw = random();
      if (draw < 0.25) runtime.pause(selection);
      else if (draw < 0.5) runtime.resume(random() < 0.5 ? undefined : selection);
      else if (draw < 0.6) runtime.scale("jobs", 1 + pick(8));
      else if (draw < 0.75) return runtime.drain({ timeoutMs: pick(5_000) });
      else return runtime.rewind(selection, "beginning");
      return undefined;
    };
    await add();
    for (let step = 0; step < 30; step++) {
      const draw = random();
      if (draw < 0.35) {
        const messages = Array.from({ length: pick(25) }, () => ({ key: `k${pick(7)}`, value: `${sent++}` }));
        await clock.runUntil(producer.sendBatch(jobs, messages));
      } else if (draw < 0.45 && workers.length < 3) await add();
      else if (draw < 0.52 && workers.length > 1) ended.push(workers.splice(pick(workers.length), 1)[0]!.stop());
      // Not held, outside the log, too late, or the runtime has begun to stop: all of that is told, and does no harm.
      else ended.push(Promise.resolve(command(workers[pick(workers.length)]!)).catch(() => undefined));
      await clock.advance(random() * 1_000);
    }
    for (const runtime of workers) runtime.resume();
    const isDone = (): boolean => {
      if (failures.length > 0) return true;
      if (handled.size < sent) return false;
      return Array.from({ length: partitions }, (_, partition) => partition).every((partition) => {
        const last = engine.records("jobs", { partition }).at(-1)?.offset ?? -1;
        return committed("jobs", partition) > last;
      });
    };
    await clock.runUntil(isDone, { what: "everything to be handled and committed", limitMs: 900_000 });
    await clock.runUntil(Promise.all([...ended, ...workers.map((runtime) => runtime.stop())]));
    expect(failures).toEqual([]);
    expect(handled.size).toBe(sent);
  },
  60_000,
);
