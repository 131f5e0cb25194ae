import { expect, test } from "vitest";
import { assessConsumer, type ConsumerView } from "./consumer-view.ts";

const limits = { outsideMs: 400, zombieMs: 30, hungMs: 300, stalledMs: 60 };
const fine: ConsumerView = { ended: undefined, standing: "member", standingForMs: 0, inHandForMs: undefined, still: [] };
const still = (...times: readonly number[]) => times.map((forMs, partition) => ({ topic: "t", partition, forMs }));

const rows: readonly (readonly [string, Partial<ConsumerView>, string[], "ready" | "live" | "neither"])[] = [
  ["works", {}, [], "ready"],
  ["needs no group", { standing: "untold", standingForMs: 9_999 }, [], "ready"],
  ["handles", { inHandForMs: 299 }, [], "ready"],
  ["failed", { ended: { error: new Error("no") } }, ["dead"], "neither"],
  ["was closed", { ended: { error: undefined } }, ["dead"], "neither"],
  ["was replaced", { standing: "replaced" }, ["fenced"], "neither"],
  ["is not known to its group", { standing: "unlisted", standingForMs: 29 }, ["zombie"], "live"],
  ["is not known to its group for long", { standing: "unlisted", standingForMs: 30 }, ["zombie"], "neither"],
  ["joins", { standing: "outside", standingForMs: 399 }, ["joining"], "live"],
  ["joins for long", { standing: "outside", standingForMs: 400 }, ["joining"], "neither"],
  ["hangs in a handler", { inHandForMs: 300 }, ["hung"], "neither"],
  ["stands still for a moment", { still: still(59) }, [], "ready"],
  ["stands still", { still: still(10, 60) }, ["stalled"], "neither"],
  ["stands still behind a handler", { still: still(299), inHandForMs: 100 }, [], "ready"],
  ["stands still for longer than a handler may take", { still: still(300), inHandForMs: 100 }, ["stalled"], "neither"],
  ["hangs and stands still", { still: still(500), inHandForMs: 500 }, ["hung"], "neither"],
];

for (const [what, view, codes, state] of rows) {
  test(`a consumer that ${what} is ${state === "ready" ? "ready" : state === "live" ? "live, not ready" : "neither ready nor live"}`, () => {
    const answer = assessConsumer({ ...fine, ...view }, limits);
    expect([answer.ready, answer.live, answer.reasons.map(({ code }) => code)]).toEqual([state === "ready", state !== "neither", codes]);
  });
}

test("a reason names the partition, how many others there are, and the longest time", () => {
  const [reason] = assessConsumer({ ...fine, still: still(70, 90, 10) }, limits).reasons;
  expect(reason).toEqual({ code: "stalled", message: "t/0 and 1 more does not move, although there are records to read", forMs: 90 });
});
