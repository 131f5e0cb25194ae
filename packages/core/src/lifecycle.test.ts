import { expect, test } from "vitest";
import { createLifecycle, type Lifecycle, type LifecyclePart } from "./lifecycle.ts";

function recorder(...failing: readonly string[]): { readonly log: string[]; readonly part: (name: string) => LifecyclePart } {
  const log: string[] = [];
  const step = async (what: string): Promise<void> => {
    await Promise.resolve();
    log.push(what);
    if (failing.includes(what)) throw new Error(`${what} failed`);
  };
  return { log, part: (name) => ({ name, start: () => step(`start ${name}`), stop: () => step(`stop ${name}`) }) };
}

function lifecycleOf({ part }: ReturnType<typeof recorder>): Lifecycle {
  return createLifecycle("service", [part("a"), { name: "nothing to do" }, part("b"), part("c")]);
}

test("parts start in order and stop in reverse", async () => {
  const recorded = recorder();
  const lifecycle = lifecycleOf(recorded);
  expect(lifecycle.state).toBe("new");
  const starting = lifecycle.start();
  expect(lifecycle.state).toBe("starting");
  await starting;
  expect(lifecycle.state).toBe("running");
  const stopping = lifecycle.stop();
  await stopping;
  expect(lifecycle.state).toBe("stopped");
  expect(recorded.log).toEqual(["start a", "start b", "start c", "stop c", "stop b", "stop a"]);
});

test("starting and stopping again give the same promises and do nothing more", async () => {
  const recorded = recorder();
  const lifecycle = lifecycleOf(recorded);
  expect(lifecycle.start()).toBe(lifecycle.start());
  await lifecycle.start();
  expect(lifecycle.stop()).toBe(lifecycle.stop());
  await lifecycle.stop();
  await lifecycle[Symbol.asyncDispose]();
  expect(recorded.log).toHaveLength(6);
});

test("stopping what never started does nothing, and starting it then fails", async () => {
  const recorded = recorder();
  const lifecycle = lifecycleOf(recorded);
  await lifecycle.stop();
  expect(lifecycle.state).toBe("stopped");
  await expect(lifecycle.start()).rejects.toMatchObject({ code: "CLOSED", message: "service is closed" });
  expect(recorded.log).toEqual([]);
});

test("a part that does not start stops those before it, and its failure is thrown", async () => {
  const recorded = recorder("start b");
  const lifecycle = lifecycleOf(recorded);
  await expect(lifecycle.start()).rejects.toThrow("start b failed");
  expect(recorded.log).toEqual(["start a", "start b", "stop a"]);
  expect(lifecycle.state).toBe("stopped");
});

test("a failure to stop after a failure to start is reported with it", async () => {
  const lifecycle = lifecycleOf(recorder("start c", "stop a"));
  const failure = await lifecycle.start().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(AggregateError);
  expect((failure as AggregateError).message).toBe("service: c did not start; failed to stop: a");
  expect((failure as AggregateError).errors.map((error: Error) => error.message)).toEqual(["start c failed", "stop a failed"]);
});

test("a part that throws synchronously is treated the same", async () => {
  const lifecycle = createLifecycle("service", [
    {
      name: "a",
      start: () => {
        throw new Error("at once");
      },
    },
  ]);
  await expect(lifecycle.start()).rejects.toThrow("at once");
});

test("stopping after a failed start is safe and the state does not go back", async () => {
  const recorded = recorder("start b");
  const lifecycle = lifecycleOf(recorded);
  await lifecycle.start().catch(() => undefined);
  const stopping = lifecycle.stop();
  expect(lifecycle.state).toBe("stopped");
  await stopping;
  expect(lifecycle.state).toBe("stopped");
  expect(recorded.log).toEqual(["start a", "start b", "stop a"]);
});

test("a part that fails to stop does not keep the others running", async () => {
  const recorded = recorder("stop c", "stop a");
  const lifecycle = lifecycleOf(recorded);
  await lifecycle.start();
  const failure = await lifecycle.stop().catch((error: unknown) => error);
  expect((failure as AggregateError).message).toBe("service: failed to stop: c, a");
  expect((failure as AggregateError).errors).toHaveLength(2);
  expect(recorded.log.slice(3)).toEqual(["stop c", "stop b", "stop a"]);
  expect(lifecycle.state).toBe("stopped");
});

test("a stop during the start waits for the part that is starting, starts no more, and stops what runs", async () => {
  const recorded = recorder();
  const gate = Promise.withResolvers<void>();
  const slow: LifecyclePart = { name: "slow", start: () => gate.promise, stop: () => void recorded.log.push("stop slow") };
  const lifecycle = createLifecycle("service", [recorded.part("a"), slow, recorded.part("c")]);
  const starting = lifecycle.start();
  const stopping = lifecycle.stop();
  expect(lifecycle.state).toBe("starting");
  gate.resolve();
  await Promise.all([starting, stopping]);
  expect(lifecycle.state).toBe("stopped");
  expect(recorded.log.filter((line) => line.includes("c"))).toEqual([]);
  expect(recorded.log.at(-1)).toBe("stop a");
});

test("a start that fails while a stop waits for it still stops the others", async () => {
  const recorded = recorder();
  const gate = Promise.withResolvers<void>();
  const lifecycle = createLifecycle("service", [recorded.part("a"), { name: "slow", start: () => gate.promise }]);
  const starting = lifecycle.start();
  await Promise.resolve();
  const expectation = expect(starting).rejects.toThrow("slow failed");
  await new Promise((resolve) => setImmediate(resolve));
  const stopping = lifecycle.stop();
  gate.reject(new Error("slow failed"));
  await expectation;
  await stopping;
  expect(recorded.log).toEqual(["start a", "stop a"]);
});
