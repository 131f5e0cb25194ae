import { expect, test } from "vitest";
import { assessHealth, type RuntimeView } from "./health.ts";

const assigned: RuntimeView = {
  standing: { phase: "assigned", since: 0 },
  interruption: undefined,
  unheardMs: 0,
  unwellSince: undefined,
  isDrained: false,
  isStopping: false,
  failure: undefined,
  now: 1_000_000,
};
const limits = { rebalanceMs: 30_000, unheardMs: 300_000 };
const broken = new Error("broken");

const table: readonly (readonly [string, Partial<RuntimeView>, ready: boolean, live: boolean, codes: readonly string[]])[] = [
  ["holds what it was given", {}, true, true, []],
  ["has not been started", { standing: undefined }, false, true, ["starting"]],
  ["joins", { standing: { phase: "joining", since: 999_000 } }, false, true, ["starting"]],
  ["has tried to join for too long", { standing: { phase: "joining", since: 700_000 } }, false, false, ["starting", "unheard"]],
  ["rebalances", { standing: { phase: "rebalancing", since: 970_001 } }, true, true, []],
  ["rebalances for too long", { standing: { phase: "rebalancing", since: 970_000 } }, false, true, ["rebalancing"]],
  ["rebalances without end", { standing: { phase: "rebalancing", since: 700_000 } }, false, false, ["rebalancing", "unheard"]],
  ["hears nothing for a while", { unheardMs: 299_999 }, true, true, []],
  ["hears nothing for too long", { unheardMs: 300_000 }, false, false, ["unheard"]],
  ["is drained", { isDrained: true }, false, true, ["drained"]],
  ["waits to be started again", { interruption: { error: broken, failures: 2 } }, false, true, ["restarting"]],
  [
    "has waited to be started again, again and again",
    { interruption: { error: broken, failures: 9 }, unwellSince: 700_000 },
    false,
    false,
    ["restarting", "unheard"],
  ],
  [
    "joins after failures without end",
    { standing: { phase: "joining", since: 999_000 }, unwellSince: 700_000 },
    false,
    false,
    ["starting", "unheard"],
  ],
  ["stops", { isStopping: true }, false, true, ["stopping"]],
  ["was halted", { isStopping: true, failure: { error: broken } }, false, false, ["halted"]],
];

test.each(table)("ready and live, or why not, when it %s", (_name, changes, ready, live, codes) => {
  const health = assessHealth({ ...assigned, ...changes }, limits);
  expect([health.ready, health.live, health.reasons.map(({ code }) => code)]).toEqual([ready, live, codes]);
});

test("what is behind it, and for how long, is told", () => {
  expect(assessHealth({ ...assigned, failure: { error: broken } }, limits).reasons).toMatchObject([{ error: broken }]);
  expect(assessHealth({ ...assigned, interruption: { error: broken, failures: 2 } }, limits).reasons).toMatchObject([
    { error: broken, message: "its consumer failed 2 times in a row, and is started again" },
  ]);
  expect(assessHealth({ ...assigned, unheardMs: 300_001 }, limits).reasons).toMatchObject([{ forMs: 300_001 }]);
});
