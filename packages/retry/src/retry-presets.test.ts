import { loadConfig } from "@millrace/config";
import { type RetryPolicy, retry } from "@millrace/core";
import { createVirtualClock } from "@millrace/testing";
import { expect, test } from "vitest";
import { retry as section } from "./config/index.ts";
import { retryPresets } from "./retry-presets.ts";

/** When the attempts of work that always fails begin, in milliseconds. */
async function attemptsUnder(policy: RetryPolicy): Promise<readonly number[]> {
  const clock = createVirtualClock();
  const began: number[] = [];
  const start = clock.monotonic();
  const work = async (): Promise<never> => {
    began.push(clock.monotonic() - start);
    throw new Error("down");
  };
  const failure = retry(work, policy, { clock }).catch((error: unknown) => error);
  await clock.advance(3_600_000);
  expect(await failure).toMatchObject({ message: "down" });
  return began;
}

test("[X-03] presets try as often and wait as long as the systems they are named after: retries are extra attempts, but Temporal's three attempts are three in all, between 1 and 10 s", async () => {
  expect(await attemptsUnder(retryPresets.eventBus)).toEqual([0, 100, 300, 700]);
  expect(await attemptsUnder(retryPresets.domainEvents)).toEqual([0, 5_000, 15_000, 35_000]);
  expect(await attemptsUnder(retryPresets.pipeline)).toEqual([0, 100, 200, 300]);
  expect(await attemptsUnder(retryPresets.temporal)).toEqual([0, 1_000, 3_000]);
  expect(await attemptsUnder({ ...retryPresets.temporal, attempts: 7 })).toEqual([0, 1_000, 3_000, 7_000, 15_000, 25_000, 35_000]);

  const configured = (preset: string): unknown => loadConfig({ sections: [section], environment: {}, preset }).retry;
  expect(configured("event-bus")).toEqual({ ...retryPresets.eventBus, naming: "prefix" });
  expect(configured("domain-events")).toEqual({ ...retryPresets.domainEvents, naming: "suffix" });
  expect(configured("pipeline")).toEqual(retryPresets.pipeline);
  expect(configured("temporal")).toEqual(retryPresets.temporal);
});
