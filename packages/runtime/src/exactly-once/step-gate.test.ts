import fc from "fast-check";
import { expect, test } from "vitest";
import { Watermark } from "../watermark.ts";
import { StepGate } from "./step-gate.ts";

test("whatever comes, begins and ends, and when: a complete step has everything below its end settled, and nothing above begun", () => {
  const moves = fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant("add" as const), count: fc.integer({ min: 1, max: 6 }) }),
      fc.record({ kind: fc.constant("begin" as const), at: fc.nat(20) }),
      fc.record({ kind: fc.constant("retry" as const) }),
      fc.record({ kind: fc.constant("end" as const), at: fc.nat(20), isSettled: fc.boolean() }),
      fc.record({ kind: fc.constant("shrink" as const) }),
    ),
    { maxLength: 120 },
  );
  fc.assert(
    fc.property(moves, fc.integer({ min: 1, max: 8 }), (played, maxRecords) => {
      const source = new Watermark(0);
      const gate = new StepGate(source);
      let next = 0;
      let waiting: number[] = [];
      const settled = new Set<number>();
      let begun: number[] = [];
      let running: (number | "retry")[] = [];
      for (const move of played) {
        if (move.kind === "add") for (let left = move.count; left > 0; left--) waiting.push(source.add(next++));
        else if (move.kind === "shrink") gate.shrink();
        else if (move.kind === "retry") {
          if (!gate.isOpen) gate.open(maxRecords);
          if (gate.admitRetry()) running.push("retry");
        } else if (move.kind === "begin") {
          const ticket = waiting[move.at % Math.max(1, waiting.length)];
          if (ticket === undefined) continue;
          if (!gate.isOpen) gate.open(maxRecords);
          if (!gate.admitSource(ticket)) continue;
          begun.push(ticket);
          running.push(ticket);
          waiting = waiting.filter((one) => one !== ticket);
        } else {
          const task = running[move.at % Math.max(1, running.length)];
          if (task === undefined) continue;
          running = running.filter((one, index) => index !== move.at % running.length || one !== task);
          if (task !== "retry") {
            if (move.isSettled) {
              source.settle(task);
              settled.add(task);
            } else waiting.push(task);
          }
          gate.ended();
        }
        expect(gate.running).toBe(running.length);
        if (!gate.isComplete) continue;
        expect(running).toEqual([]);
        const end = Math.max(-1, ...begun.filter((ticket) => settled.has(ticket))) + 1;
        for (let ticket = 0; ticket < end; ticket++) expect(settled.has(ticket)).toBe(true);
        expect(settled.size).toBe(end);
        gate.close();
        begun = begun.filter((ticket) => settled.has(ticket));
      }
    }),
  );
});

test("records of the retry partition are let in beyond the limit only while the source of the step is not done", () => {
  const source = new Watermark(0);
  const gate = new StepGate(source);
  const tickets = [0, 1, 2].map((offset) => source.add(offset));
  gate.open(2);
  expect(gate.admitSource(tickets[0]!)).toBe(true);
  expect(gate.admitSource(tickets[2]!)).toBe(false);
  expect([gate.admitRetry(), gate.admitRetry()]).toEqual([true, true]);
  for (const ticket of [0, 1]) source.settle(tickets[ticket]!);
  expect(gate.admitRetry()).toBe(false);
  expect(gate.isComplete).toBe(false);
  for (let left = 3; left > 0; left--) gate.ended();
  expect(gate.isComplete).toBe(true);
});
