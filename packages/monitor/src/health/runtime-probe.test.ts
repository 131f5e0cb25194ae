import { InvalidOptionsError } from "@millrace/core";
import { createVirtualClock } from "@millrace/testing";
import { expect, test } from "vitest";
import { type ProbeAnswer, well } from "./probe.ts";
import { type ProcessorProgress, runtimeProbe } from "./runtime-probe.ts";

const { signal } = new AbortController();
const none: ProcessorProgress = { handled: 0, retried: 0, deadLettered: 0, skipped: 0, parked: 0, running: 0 };

test("a runtime tells how it is", async () => {
  const answer: ProbeAnswer = { ready: false, live: true, reasons: [{ code: "stopping", message: "it stops" }] };
  const probe = runtimeProbe({ runtime: { health: () => answer }, name: "orders" });
  expect([probe.name, probe.judgesLiveness, await probe.check(signal)]).toEqual(["orders", true, answer]);
});

test("a processor whose handlers run and do not come back is hung; one that gets anything done, or has nothing to do, is not", async () => {
  const clock = createVirtualClock();
  const processors = new Map<string, ProcessorProgress>();
  const probe = runtimeProbe({ runtime: { health: () => well, statistics: () => processors }, hungMs: 60_000, clock });
  const looks = async (change: (look: number) => ProcessorProgress): Promise<readonly string[]> => {
    const found: string[] = [];
    for (let look = 0; look < 8; look++) {
      processors.set("orders", change(look));
      const { ready, live, reasons } = await probe.check(signal);
      found.push(`${ready} ${live} ${reasons.map(({ code, message, forMs }) => `${code} ${message} ${forMs}`).join()}`.trim());
      await clock.advance(10_000);
    }
    return found;
  };
  const fine = Array.from({ length: 8 }, () => "true true");
  expect(await looks(() => none)).toEqual(fine);
  for (const what of ["handled", "retried", "deadLettered", "skipped", "parked"] as const)
    expect(await looks((look) => ({ ...none, running: 1, [what]: look }))).toEqual(fine);
  expect(await looks((look) => ({ ...none, handled: 100, running: look % 4 === 3 ? 0 : 2 }))).toEqual(fine);
  expect((await looks(() => ({ ...none, handled: 101, running: 2 }))).slice(-3)).toEqual([
    "true true",
    "false false hung no handler of orders comes back 60000",
    "false false hung no handler of orders comes back 70000",
  ]);
});

test("a limit that is no time is refused", () => {
  expect(() => runtimeProbe({ runtime: { health: () => well }, hungMs: Number.NaN })).toThrow(InvalidOptionsError);
  expect(() => runtimeProbe({ runtime: { health: () => well }, hungMs: Number.POSITIVE_INFINITY })).not.toThrow();
});
