import { expect, test } from "vitest";
import type { Benchmark } from "./benchmark.ts";
import { measure } from "./measure.ts";

function scripted(ours: (round: number) => number, peer: (round: number) => number): { benchmark: Benchmark; calls: string[] } {
  const calls: string[] = [];
  let [oursRound, peerRound] = [0, 0];
  const benchmark: Benchmark = {
    name: "scripted",
    unit: "records/s",
    setup: async () => ({
      ours: () => {
        calls.push("ours");
        return ours(oursRound++);
      },
      peer: async () => {
        calls.push("peer");
        return peer(peerRound++);
      },
      close: async () => void calls.push("close"),
    }),
  };
  return { benchmark, calls };
}

test("the first three rounds are dropped", async () => {
  const { benchmark } = scripted(
    (round) => (round < 3 ? 1 : 200),
    (round) => (round < 3 ? 1_000_000 : 100),
  );
  const { ours, comparison } = await measure(benchmark, {}, 15);
  expect(ours).toEqual({ median: 200, lowerQuartile: 200, upperQuartile: 200 });
  expect(comparison?.peer.median).toBe(100);
  expect(comparison?.ratio).toEqual({ median: 2, lowerQuartile: 2, upperQuartile: 2 });
});

test("both sides run once per round, each first in every second round, and what was set up is closed", async () => {
  const { benchmark, calls } = scripted(
    () => 1,
    () => 1,
  );
  await measure(benchmark, {}, 15);
  expect(calls.slice(0, 8)).toEqual(["ours", "peer", "peer", "ours", "ours", "peer", "peer", "ours"]);
  expect(calls).toHaveLength(2 * 18 + 1);
  expect(calls.at(-1)).toBe("close");
});

test("a machine that is slow for some rounds changes the rates but not the ratio", async () => {
  const speed = (round: number): number => (round % 4 === 0 ? 0.1 : 1);
  const { benchmark } = scripted(
    (round) => 300 * speed(round),
    (round) => 100 * speed(round),
  );
  const { comparison } = await measure(benchmark, {}, 16);
  expect(comparison?.ratio.median).toBeCloseTo(3);
  expect(comparison?.ratio.lowerQuartile).toBeCloseTo(3);
  expect(comparison?.ratio.upperQuartile).toBeCloseTo(3);
});

test("a round without a rate fails the measurement, and what was set up is closed", async () => {
  const { benchmark, calls } = scripted(
    () => 1,
    (round) => (round === 5 ? 0 : 1),
  );
  await expect(measure(benchmark, {}, 15)).rejects.toThrow("scripted: peer() returned 0, which is neither a rate nor a figure above 0.");
  expect(calls.at(-1)).toBe("close");
});

test("a figure of millrace alone has no peer and no ratio, and says what it has to say after the last round", async () => {
  let rounds = 0;
  let closed = false;
  const measurement = await measure(
    {
      name: "ready",
      unit: "ms",
      setup: async () => ({
        ours: () => ++rounds,
        note: () => `${rounds} rounds`,
        close: async () => {
          closed = true;
        },
      }),
    },
    {},
    15,
  );
  const ours = { median: 11, lowerQuartile: 7.5, upperQuartile: 14.5 };
  expect(measurement).toEqual({ name: "ready", unit: "ms", ours, note: "18 rounds" });
  expect(closed).toBe(true);
});

test("what is measured once has one round that counts", async () => {
  const { benchmark, calls } = scripted(
    () => 30,
    () => 10,
  );
  const { ours, comparison } = await measure({ ...benchmark, once: true }, {}, 15);
  expect(calls).toEqual(["ours", "peer", "close"]);
  expect([ours.median, comparison?.ratio.median]).toEqual([30, 3]);
});
