import { expect, test } from "vitest";
import { Intake } from "./intake.ts";

test("there is room until a bound is reached, by count or by bytes", () => {
  const byCount = new Intake(2, 1_000);
  byCount.add(1);
  expect(byCount.room()).toBeUndefined();
  byCount.add(1);
  expect(byCount.room()).toBeInstanceOf(Promise);
  const byBytes = new Intake(100, 10);
  byBytes.add(10);
  expect(byBytes.room()).toBeInstanceOf(Promise);
  expect([byBytes.records, byBytes.bytes]).toEqual([1, 10]);
});

test("who waits goes on when there is room again, and not before", async () => {
  const intake = new Intake(2, 1_000);
  for (let index = 0; index < 4; index++) intake.add(5);
  let wentOn = 0;
  const waiting = [intake.room(), intake.room()].map((room) => room!.then(() => wentOn++));
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
  const waiting = intake.room();
  intake.release();
  await waiting;
  expect(intake.room()).toBeInstanceOf(Promise);
});
