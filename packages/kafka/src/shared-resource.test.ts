import { expect, test } from "vitest";
import { createSharedResource } from "./shared-resource.ts";

function resource() {
  const opened: { closed: number; close(): Promise<void> }[] = [];
  let fail = false;
  const shared = createSharedResource(async () => {
    if (fail) throw new Error("unreachable");
    const made = {
      closed: 0,
      close: async () => {
        made.closed++;
      },
    };
    opened.push(made);
    return made;
  });
  return {
    shared,
    opened,
    failNext: (value: boolean) => {
      fail = value;
    },
  };
}

test("the first user opens it, the last one closes it, and the next one opens it anew", async () => {
  const { shared, opened } = resource();
  const [first, second] = await Promise.all([shared.acquire(), shared.acquire()]);
  expect(first).toBe(second);
  await shared.release();
  expect(opened[0]!.closed).toBe(0);
  await shared.release();
  expect(opened[0]!.closed).toBe(1);
  expect(await shared.acquire()).not.toBe(first);
  await shared.release();
  expect(opened.map(({ closed }) => closed)).toEqual([1, 1]);
});

test("a failure to open is every waiting user's, holds nothing, and the next user tries again", async () => {
  const { shared, opened, failNext } = resource();
  failNext(true);
  const failed = await Promise.allSettled([shared.acquire(), shared.acquire()]);
  expect(failed.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  failNext(false);
  await shared.acquire();
  await shared.release();
  expect(opened.map(({ closed }) => closed)).toEqual([1]);
});
