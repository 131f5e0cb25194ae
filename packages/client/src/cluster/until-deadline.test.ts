import { KafkaError } from "@millrace/kafka";
import { createVirtualClock } from "@millrace/testing";
import { expect, test } from "vitest";
import { untilDeadline } from "./until-deadline.ts";

const passing = new KafkaError({ code: "KAFKA_BROKER_ERROR", message: "not yet", retryable: true });
const context = { what: "Asking" };

test("work is repeated while its failure may pass, and looked after in between", async () => {
  const clock = createVirtualClock();
  let attempts = 0;
  let recoveries = 0;
  const recover = async (): Promise<void> => {
    recoveries += 1;
    throw new Error("ignored");
  };
  const result = untilDeadline({ clock, timeoutMs: 5_000, context, recover }, async () => {
    attempts += 1;
    if (attempts < 4) throw passing;
    return "done";
  });
  await clock.advance(1_000);
  await expect(result).resolves.toBe("done");
  expect(recoveries).toBe(3);
});

test("a failure that does not pass ends it at once", async () => {
  const clock = createVirtualClock();
  const final = new KafkaError({ code: "KAFKA_BROKER_ERROR", message: "no" });
  await expect(untilDeadline({ clock, timeoutMs: 5_000, context }, () => Promise.reject(final))).rejects.toBe(final);
});

test("when the time is up the last failure is told", async () => {
  const clock = createVirtualClock();
  const result = untilDeadline({ clock, timeoutMs: 2_000, context }, () => Promise.reject(passing));
  const told = expect(result).rejects.toBe(passing);
  await clock.advance(2_001);
  await told;
  expect(clock.pending).toBe(0);
});

test("work that never answers times out", async () => {
  const clock = createVirtualClock();
  const result = untilDeadline({ clock, timeoutMs: 2_000, context }, () => new Promise(() => {}));
  const told = expect(result).rejects.toMatchObject({ code: "KAFKA_TIMED_OUT" });
  await clock.advance(2_001);
  await told;
});

test("an abort ends it at once", async () => {
  const clock = createVirtualClock();
  const controller = new AbortController();
  const result = untilDeadline({ clock, timeoutMs: 2_000, context, signal: controller.signal }, () => Promise.reject(passing));
  controller.abort();
  await expect(result).rejects.toMatchObject({ code: "ABORTED" });
});
