import { createVirtualClock } from "@millrace/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { KeyLanes, type LaneTurn } from "./key-lanes.ts";

interface TestTurn extends LaneTurn {
  readonly id: number;
  readonly due: number;
  readonly needsRoom: boolean;
  readonly isFollower: boolean;
}

function createLanes(room: { free: number }) {
  const clock = createVirtualClock();
  const started: TestTurn[] = [];
  const lanes = new KeyLanes<TestTurn>(
    {
      waitFor: ({ due }) => due - clock.monotonic(),
      isFollower: ({ isFollower }) => isFollower,
      mayStart: ({ needsRoom }) => !needsRoom || room.free > 0,
      hasRoom: () => room.free > 0,
      start: (turn) => started.push(turn),
    },
    clock,
  );
  return { clock, lanes, started };
}

const turn = (id: number, lane: string, given: Partial<TestTurn> = {}): TestTurn => ({
  id,
  lane,
  isParked: false,
  due: 0,
  needsRoom: false,
  isFollower: false,
  ...given,
});

test("a parked one waits for its time without keeping those of the source waiting, and then goes before them", async () => {
  const { clock, lanes, started } = createLanes({ free: 1 });
  lanes.enter(turn(1, "k", { isParked: true, due: 100 }));
  lanes.enter(turn(2, "k"));
  lanes.enter(turn(3, "k"));
  expect(started.map(({ id }) => id)).toEqual([2]);
  await clock.advance(100);
  expect(started).toHaveLength(1);
  lanes.leave(started[0]!);
  expect(started.map(({ id }) => id)).toEqual([2, 1]);
  lanes.leave(started[1]!);
  lanes.leave(started[2]!);
  expect([started.map(({ id }) => id), lanes.size, clock.pending]).toEqual([[2, 1, 3], 0, 0]);
});

test("what has no room waits without its lane, and comes in when there is some; nobody is forgotten", () => {
  const room = { free: 0 };
  const { lanes, started } = createLanes(room);
  for (const [id, lane] of ["a", "b", "c"].entries()) lanes.enter(turn(id, lane, { needsRoom: true }));
  lanes.enter(turn(3, "a", { isParked: true }));
  expect(started.map(({ id }) => id)).toEqual([3]);
  room.free = 1;
  lanes.leave(started[0]!);
  expect(started.map(({ id }) => id)).toEqual([3, 0, 1]);
  // It found the room taken.
  room.free = 0;
  lanes.putBack(started[1]!);
  lanes.leave(started[2]!);
  expect(started).toHaveLength(3);
  room.free = 1;
  lanes.enter(turn(4, "d"));
  lanes.leave(started[3]!);
  expect(started.map(({ id }) => id).slice(3)).toEqual([4, 2]);
  lanes.leave(started[4]!);
  expect(started.at(-1)?.id).toBe(0);
});

test("a follower waits a moment for those before it, and is parked when they do not come, or have to wait for their time", async () => {
  const { clock, lanes, started } = createLanes({ free: 1 });
  const ids = (): number[] => started.map(({ id }) => id);
  lanes.enter(turn(1, "late", { isFollower: true }));
  lanes.enter(turn(2, "due", { isFollower: true }));
  lanes.enter(turn(3, "waits", { isFollower: true }));
  lanes.enter(turn(4, "due", { isParked: true }));
  lanes.enter(turn(5, "waits", { isParked: true, due: 5_000 }));
  expect(ids()).toEqual([4, 3]);
  await clock.advance(999);
  expect(ids()).toEqual([4, 3]);
  await clock.advance(1);
  expect(ids()).toEqual([4, 3, 1]);
  lanes.leave(started[0]!);
  expect(ids()).toEqual([4, 3, 1]);
  lanes.enter(turn(6, "late", { isFollower: true }));
  lanes.leave(started[2]!);
  expect(ids()).toEqual([4, 3, 1, 6]);
  lanes.flush();
  expect(clock.pending).toBe(0);
});

test("flushing takes out what waits and leaves no timer; what runs keeps its lane", async () => {
  const { clock, lanes, started } = createLanes({ free: 0 });
  lanes.enter(turn(1, "k"));
  lanes.enter(turn(2, "k"));
  lanes.enter(turn(3, "l", { isParked: true, due: 50 }));
  lanes.enter(turn(4, "m", { needsRoom: true }));
  expect(
    lanes
      .flush()
      .map(({ id }) => id)
      .toSorted((a, b) => a - b),
  ).toEqual([2, 3, 4]);
  expect([clock.pending, lanes.size]).toEqual([0, 1]);
  lanes.enter(turn(5, "k"));
  expect(started.map(({ id }) => id)).toEqual([1]);
  lanes.leave(started[0]!);
  expect(started.map(({ id }) => id)).toEqual([1, 5]);
});

test("one of a lane at a time, each kind in its order, and everybody has a turn, whatever comes when", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({ lane: fc.constantFrom("a", "b"), isParked: fc.boolean(), delay: fc.nat({ max: 3 }), waits: fc.nat({ max: 5 }) }),
        {
          maxLength: 40,
        },
      ),
      async (given) => {
        const { clock, lanes, started } = createLanes({ free: 1 });
        let left = 0;
        const check = (): void => {
          for (const lane of ["a", "b"]) expect(started.slice(left).filter((one) => one.lane === lane).length).toBeLessThanOrEqual(1);
        };
        for (const [id, { lane, isParked, delay, waits }] of given.entries()) {
          lanes.enter(turn(id, lane, { isParked, due: clock.monotonic() + waits }));
          check();
          await clock.advance(delay);
          if (id % 2 === 0 && left < started.length) lanes.leave(started[left++]!);
          check();
        }
        while (left < given.length) {
          await clock.advance(5);
          lanes.leave(started[left++]!);
        }
        for (const lane of ["a", "b"])
          for (const isParked of [true, false]) {
            const order = started.filter((one) => one.lane === lane && one.isParked === isParked).map(({ id }) => id);
            expect(order).toEqual(order.toSorted((a, b) => a - b));
          }
        expect([started.length, lanes.size, clock.pending]).toEqual([given.length, 0, 0]);
      },
    ),
    { numRuns: 50 },
  );
});
