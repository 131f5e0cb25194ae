import { AbortedError, createLogger, fixed, formatLogLine } from "@millrace/core";
import { readDeadLetters } from "@millrace/retry";
import { string } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import { expect, test } from "vitest";
import { createRuntime, type ProcessOptions } from "../src/index.ts";
import { createVirtualCluster } from "./support/virtual-cluster.ts";

const jobs = defineTopic({ name: "jobs", key: string(), value: string() });
const results = defineTopic({ name: "results", key: string(), value: string() });

const trap = (): never => {
  throw new Error("trap");
};

function withGetters(): Error {
  const error = new Error("getters");
  for (const name of ["name", "message", "code", "cause", "stack"]) Object.defineProperty(error, name, { get: trap });
  return error;
}

function circular(): Error {
  const error = new Error("circular");
  error.cause = error;
  return error;
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** What a handler may throw, made anew each time. */
const thrown: Readonly<Record<string, () => unknown>> = {
  nothing: () => undefined,
  null: () => null,
  text: () => "text",
  bigint: () => 7n,
  symbol: () => Symbol("s"),
  frozen: () => Object.freeze(new Error("frozen")),
  abort: () => new DOMException("aborted", "AbortError"),
  aborted: () => new AbortedError("something of the application's"),
  circular,
  getters: withGetters,
  revoked,
  trapped: () => new Proxy(new Error("x"), { get: trap, getPrototypeOf: trap, has: trap }),
  untold: () => Object.defineProperty({ toJSON: trap, toString: trap }, Symbol.toStringTag, { get: trap }),
};

const ways: Readonly<Record<string, ProcessOptions<string>>> = {
  "in place": {},
  "put aside where they block": { headOfLine: { action: "dead-letter" } },
  later: { retryLater: fixed({ attempts: 2, delayMs: 100 }) },
  "in tiers": { order: "unordered", retryTiers: [100] },
  "exactly once": { exactlyOnce: true },
  "exactly once, and later": { exactlyOnce: true, retryLater: fixed({ attempts: 2, delayMs: 100 }) },
  "in batches": {},
};

test.each(Object.entries(ways))(
  "whatever handlers throw, their records become dead letters, and the others are handled: %s",
  async (way, options) => {
    const { clock, kafka, parts, committed } = createVirtualCluster();
    await clock.runUntil(kafka.admin().ensureTopics([jobs, results]));
    const logger = createLogger({ level: "debug", write: (entry) => void formatLogLine(entry) });
    const runtime = createRuntime(parts({ logger }));
    const handled: string[] = [];
    const handle = async (value: string, send: () => Promise<unknown>): Promise<void> => {
      const fails = thrown[value];
      if (fails === undefined) handled.push(value);
      // What has been sent takes part in the failure.
      else await send();
      if (fails !== undefined) throw fails();
    };
    const all = { ...options, retry: fixed({ attempts: 2, delayMs: 10 }), deadLetter: {} };
    if (way === "in batches")
      runtime.processBatch(jobs, all, async (messages, context) => {
        for (const { key, value } of messages) await handle(value, () => context.send(results, { key, value }));
      });
    else runtime.process(jobs, all, async ({ key, value }, context) => await handle(value, () => context.send(results, { key, value })));
    const messages = Object.keys(thrown).flatMap((name, index) => [
      { key: name, value: name },
      { key: `${index}`, value: `fine ${index}` },
    ]);
    await clock.runUntil(kafka.producer().sendBatch(jobs, messages));
    let halted: unknown;
    runtime.stopped.catch((error: unknown) => {
      halted = { error };
    });
    await clock.runUntil(runtime.start());
    await clock.runUntil(() => halted !== undefined || committed("jobs") >= messages.length, { limitMs: 300_000 });
    await clock.advance(5_000);
    expect(halted).toBeUndefined();
    const letters = new Set<string>();
    const read = async (): Promise<void> => {
      for await (const { letter } of readDeadLetters({ kafka, topic: "jobs" })) letters.add(String(letter.value));
    };
    await clock.runUntil(read());
    expect([...letters].toSorted()).toEqual(Object.keys(thrown).toSorted());
    expect(new Set(handled).size).toBe(messages.length / 2);
    await clock.runUntil(runtime.stop());
  },
);
