import { expect, test } from "vitest";
import { type Buffered, Intake } from "./intake.ts";

/** A partition of which something is buffered. */
const some: Buffered = { isEmpty: false, whenEmpty: () => undefined };

test("there is room until a bound is reached, by count or by bytes", () => {
  const byCount = new Intake(2, 1_000);
  byCount.add(1);
  expect(byCount.room(some)).toBeUndefined();
  byCount.add(1);
  expect(byCount.room(some)).toBeInstanceOf(Promise);
  const byBytes = new Intake(100, 10);
  byBytes.add(10);
  expect(byBytes.room(some)).toBeInstanceOf(Promise);
  expect([byBytes.records, byBytes.bytes]).toEqual([1, 10]);
});

test("who waits goes on when there is room again, and not before", async () => {
  const intake = new Intake(2, 1_000);
  for (let index = 0; index < 4; index++) intake.add(5);
  let wentOn = 0;
  const waiting = [intake.room(some), intake.room(some)].map((room) => room!.then(() => wentOn++));
  intake.remove(5);
  intake.remove(5);
  await Promise.resolve();
  expect(wentOn).toBe(0);
  intake.remove(5);
  await Promise.all(waiting);
  expect(wentOn).toBe(2);
});

test("release lets everyone go on though the bound is reached", async () => {
  const intake = new Intake(1, 1);
  intake.add(1);
  const waiting = intake.room(some);
  intake.release();
  await waiting;
  expect(intake.room(some)).toBeInstanceOf(Promise);
});

test("who has nothing there is not held up by others, and goes on as soon as that is so", async () => {
  const intake = new Intake(2, 1_000);
  intake.add(1);
  intake.add(1);
  expect(intake.room({ isEmpty: true, whenEmpty: () => undefined })).toBeUndefined();
  let empty: (() => void) | undefined;
  const room = intake.room({
    isEmpty: false,
    whenEmpty(wake) {
      empty = wake;
    },
  });
  empty?.();
  await room;
  intake.remove(1);
  empty?.();
  expect(intake.records).toBe(1);
});
