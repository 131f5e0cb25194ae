import fc from "fast-check";
import { expect, test } from "vitest";
import { Fence, type Lane, type Origin, type Verdict } from "./fence.ts";

interface Copy {
  readonly origin: Origin;
  readonly lane: Lane;
  readonly position: number;
}

/** The same, in the plainest way: a list of the copies that are known, and of those on their way. */
class NaiveFence {
  known: Copy[] = [];
  writing: Omit<Copy, "position">[] = [];

  get waiting(): readonly Omit<Copy, "position">[] {
    const all = [...this.known, ...this.writing];
    return all.filter(({ origin }, index) => all.findIndex((other) => isSame(other.origin, origin)) === index);
  }

  judge(origin: Origin, position: number): Verdict {
    const own = this.known.filter((copy) => isSame(copy.origin, origin));
    if (this.writing.some((copy) => isSame(copy.origin, origin))) return "wait";
    if (own.length === 0) return "drop";
    if (own.some((copy) => copy.position > position)) return "drop";
    const [first] = this.waiting.filter(({ lane }) => lane === own[0]!.lane).toSorted((one, other) => compare(one.origin, other.origin));
    if (isSame(first!.origin, origin)) return "run";
    return this.writing.some((copy) => isSame(copy.origin, first!.origin)) ? "wait" : "move";
  }

  settle(origin: Origin): void {
    this.known = this.known.filter((copy) => !isSame(copy.origin, origin));
  }
}

function isSame(one: Origin, other: Origin): boolean {
  return compare(one, other) === 0;
}

function compare(one: Origin, other: Origin): number {
  return one.offset - other.offset || one.timestamp - other.timestamp;
}

const origins = fc.record({ offset: fc.nat({ max: 12 }), timestamp: fc.nat({ max: 1 }) });
const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("park" as const), origin: origins }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("answer" as const), which: fc.nat() }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("redrive" as const), origin: origins }) },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant("turn" as const), settles: fc.boolean() }) },
  ),
  { maxLength: 80 },
);

test("who waits, who runs, who is moved and who is dropped is as in the naive model, and every lane runs in the order of origins", () => {
  fc.assert(
    fc.property(steps, (actions) => {
      const fence = new Fence();
      const naive = new NaiveFence();
      const log: Copy[] = [];
      let head = 0;
      const laneOf = ({ offset }: Origin): Lane => `k${offset % 3}`;
      const append = (origin: Origin): void => {
        const copy = { origin, lane: laneOf(origin), position: log.length };
        log.push(copy);
        fence.found(origin, copy.lane, copy.position);
        naive.known.push(copy);
      };
      for (const action of actions) {
        if (action.kind === "redrive") append(action.origin);
        else if (action.kind === "park") {
          fence.writes(action.origin, laneOf(action.origin));
          naive.writing.push({ origin: action.origin, lane: laneOf(action.origin) });
        } else if (action.kind === "answer" && naive.writing.length > 0) {
          const [written] = naive.writing.splice(action.which % naive.writing.length, 1);
          fence.wrote(written!.origin, log.length);
          append(written!.origin);
        } else if (action.kind === "turn" && head < log.length) {
          const { origin, position } = log[head]!;
          const verdict = fence.judge(origin, position);
          expect(verdict).toBe(naive.judge(origin, position));
          if (verdict === "wait") continue;
          head++;
          if (verdict === "run" && action.settles) {
            fence.settle(origin, position);
            naive.settle(origin);
          } else if (verdict !== "drop") {
            // Written again, behind everything.
            fence.writes(origin, laneOf(origin));
            fence.wrote(origin, log.length);
            naive.known = naive.known.filter((copy) => !isSame(copy.origin, origin));
            append(origin);
          }
        }
        expect(fence.size).toBe(naive.waiting.length);
        for (const lane of ["k0", "k1", "k2"]) expect(fence.isClosed(lane)).toBe(naive.waiting.some((copy) => copy.lane === lane));
        for (const { origin } of naive.waiting) expect(fence.has(origin)).toBe(true);
      }
    }),
  );
});

test("a copy that was read, handled and settled before its writing was answered does not close its lane for ever", () => {
  const fence = new Fence();
  const origin = { offset: 1, timestamp: 0 };
  fence.writes(origin, "k");
  fence.found(origin, "k", 7);
  fence.settle(origin, 7);
  fence.wrote(origin, 7);
  expect([fence.isClosed("k"), fence.size]).toEqual([false, 0]);
});

test("what the log has lost is missed when a later one of its lane has its turn, and holds nobody up", () => {
  const fence = new Fence();
  const [lost, later] = [
    { offset: 1, timestamp: 0 },
    { offset: 2, timestamp: 0 },
  ];
  fence.found(lost, "k", 3);
  fence.found(later, "k", 5);
  expect(fence.judge(later, 5)).toBe("run");
  expect([fence.has(lost), fence.size]).toEqual([false, 1]);
});

test("while it is not known where a copy was stored, later ones are moved behind it", () => {
  const fence = new Fence();
  const [first, later] = [
    { offset: 1, timestamp: 0 },
    { offset: 2, timestamp: 0 },
  ];
  fence.writes(first, "k");
  fence.wrote(first, -1);
  fence.found(later, "k", 5);
  expect(fence.judge(later, 5)).toBe("move");
});
