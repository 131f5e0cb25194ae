import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { LagSample } from "./lag-sample.ts";
import { type PartitionStatus, partitionStatus } from "./partition-status.ts";

/** Samples a second apart: `[committed, end]`, and nothing left where the two are the same. */
function samplesOf(places: readonly (readonly [number | null, number])[], isHeld: boolean): LagSample[] {
  return places.map(([committed, end], index) => ({ at: index * 1_000, committed, end, left: end - (committed ?? 0), isHeld }));
}

const rows: readonly (readonly [string, PartitionStatus, readonly (readonly [number | null, number])[], ("held" | "free")?])[] = [
  [
    "a window that is not full",
    "unknown",
    [
      [1, 2],
      [1, 2],
      [1, 2],
    ],
  ],
  [
    "nothing was committed",
    "unknown",
    [
      [null, 2],
      [null, 2],
      [null, 2],
      [null, 2],
    ],
  ],
  [
    "nothing was committed, and there is nothing",
    "idle",
    [
      [null, 0],
      [null, 0],
      [null, 0],
      [null, 0],
    ],
  ],
  [
    "everything is read, and nothing came",
    "idle",
    [
      [5, 5],
      [5, 5],
      [5, 5],
      [5, 5],
    ],
  ],
  [
    "everything is read, and something came",
    "ok",
    [
      [4, 4],
      [5, 5],
      [5, 5],
      [5, 5],
    ],
  ],
  [
    "everything is read at last",
    "ok",
    [
      [1, 5],
      [1, 5],
      [1, 5],
      [5, 5],
    ],
  ],
  [
    "everything was read once in the window, and the offset has not moved since",
    "ok",
    [
      [5, 5],
      [5, 6],
      [5, 7],
      [5, 8],
    ],
  ],
  [
    "the lag shrinks now and then",
    "ok",
    [
      [1, 5],
      [2, 8],
      [5, 9],
      [6, 20],
    ],
  ],
  [
    "the lag grows",
    "warning",
    [
      [1, 5],
      [2, 8],
      [3, 12],
      [4, 15],
    ],
  ],
  [
    "the lag stays while offsets move",
    "warning",
    [
      [1, 5],
      [2, 6],
      [3, 7],
      [4, 8],
    ],
  ],
  [
    "the offset went back",
    "rewound",
    [
      [5, 9],
      [2, 9],
      [3, 9],
      [4, 9],
    ],
  ],
  [
    "the offset went back after everything had been read",
    "rewound",
    [
      [9, 9],
      [9, 9],
      [2, 9],
      [3, 9],
    ],
  ],
  [
    "the offset went back, and everything was read again since",
    "ok",
    [
      [5, 6],
      [2, 6],
      [6, 6],
      [6, 7],
    ],
  ],
  [
    "it stands still while a member holds it",
    "stalled",
    [
      [5, 9],
      [5, 9],
      [5, 9],
      [5, 9],
    ],
  ],
  [
    "it stands still while a member holds it, and more comes",
    "stalled",
    [
      [5, 6],
      [5, 7],
      [5, 8],
      [5, 9],
    ],
  ],
  [
    "it stands still, and nobody holds it",
    "stopped",
    [
      [5, 9],
      [5, 9],
      [5, 9],
      [5, 9],
    ],
    "free",
  ],
  [
    "it stood still for longer than it moved, and nobody holds it",
    "stopped",
    [
      [4, 9],
      [5, 9],
      [5, 9],
      [5, 9],
    ],
    "free",
  ],
  [
    "it stood still for as long as it moved, and nobody holds it",
    "ok",
    [
      [3, 9],
      [4, 9],
      [5, 9],
      [5, 9],
    ],
    "free",
  ],
  [
    "it stood still for longer than it moved while a member holds it",
    "ok",
    [
      [4, 9],
      [5, 9],
      [5, 9],
      [5, 9],
    ],
  ],
  [
    "the first commit came late",
    "ok",
    [
      [null, 9],
      [null, 9],
      [null, 9],
      [5, 9],
    ],
    "free",
  ],
];

for (const [what, status, places, held = "held"] of rows) {
  test(`the status is ${status} when ${what}${held === "free" ? " (no member)" : ""}`, () => {
    expect(partitionStatus(samplesOf(places, held === "held"), 4)).toBe(status);
  });
}

const histories = fc.array(fc.tuple(fc.nat(20), fc.nat(20)), { minLength: 4, maxLength: 10 });
const samplesIn = (history: readonly (readonly [number, number])[], isHeld: boolean): LagSample[] => {
  let end = 0;
  return samplesOf(
    history.map(([committed, grown]) => {
      end = Math.max(end + grown, committed);
      return [committed, end];
    }),
    isHeld,
  );
};

test("only relations count: other units of time and other first offsets give the same status", () => {
  fc.assert(
    fc.property(histories, fc.boolean(), fc.nat(1_000), fc.integer({ min: 1, max: 90 }), (history, isHeld, first, scale) => {
      const samples = samplesIn(history, isHeld);
      const moved = samples.map(({ at, committed, end, ...rest }) => ({
        ...rest,
        at: at * scale + first,
        committed: (committed ?? 0) + first,
        end: end + first,
      }));
      expect(partitionStatus(moved, samples.length)).toBe(partitionStatus(samples, samples.length));
    }),
  );
});

test("who reads everything is never in error, who never moves forward while there is something is never ok", () => {
  fc.assert(
    fc.property(histories, fc.boolean(), (history, isHeld) => {
      const samples = samplesIn(history, isHeld);
      const status = partitionStatus(samples, samples.length);
      if (samples.at(-1)?.left === 0) expect(["ok", "idle"]).toContain(status);
      const neverMoves = samples.every((sample, index) => index === 0 || (sample.committed ?? 0) <= (samples[index - 1]?.committed ?? 0));
      if (neverMoves && samples.every(({ left }) => left > 0)) expect(["stopped", "stalled", "rewound"]).toContain(status);
    }),
  );
});
