import { expect, test } from "vitest";
import { ScriptedDriver } from "../../test/support/scripted-driver.ts";
import { createKafka, type GroupState } from "../index.ts";

function setUp(state: GroupState = "empty") {
  const driver = new ScriptedDriver();
  const kafka = createKafka({ driver });
  driver.partitions.set("orders", 2);
  driver.partitions.set("other", 1);
  driver.logs.set("orders/0", { earliest: 5, latest: 100 });
  driver.logs.set("orders/1", { earliest: 0, latest: 7 });
  driver.admin.offsetsOf.set("billing", [{ topic: "orders", partition: 0, offset: 50, metadata: "m" }]);
  const members = state === "empty" || state === "dead" ? [] : [1, 2].map(member);
  const coordinator = { host: "node-0", port: 9092 };
  driver.admin.groups.set("billing", {
    group: "billing",
    state,
    type: "classic",
    protocolType: "consumer",
    protocol: "range",
    coordinator,
    members,
  });
  return { driver, kafka, admin: kafka.admin() };
}

const member = (index: number) => ({
  memberId: `m${index}`,
  groupInstanceId: null,
  clientId: "shop",
  clientHost: "/127.0.0.1",
  assignment: [],
});

test.each([
  ["the beginning", "beginning", [5, 0], false],
  ["the end", "end", [100, 7], false],
  ["an offset", { offset: 6 }, [6, 6], false],
  ["an offset outside the log, to its nearer end", { offset: 200 }, [100, 7], true],
  ["a time", { time: new Date(6) }, [6, 6], false],
  ["a time after the last record, to the end", { time: 5_000 }, [100, 7], false],
] as const)("a group is moved to %s, a dry run tells the same and does nothing", async (_, to, [first, second], clamped) => {
  const { driver, kafka, admin } = setUp();
  const before = driver.admin.offsetsOf.get("billing");
  const plan = [
    { topic: "orders", partition: 0, from: 50, to: first, clamped },
    { topic: "orders", partition: 1, from: -1, to: second, clamped },
  ];
  expect(await admin.resetOffsets("billing", { to, topics: ["orders"], dryRun: true })).toEqual(plan);
  expect(driver.admin.offsetsOf.get("billing")).toBe(before);
  expect(await admin.resetOffsets("billing", { to, topics: ["orders"] })).toEqual(plan);
  expect(driver.admin.offsetsOf.get("billing")).toEqual(
    plan.map(({ topic, partition, to: offset }) => ({ topic, partition, offset, metadata: null })),
  );
  await kafka.close();
});

test("without topics everything the group has is moved; single partitions can be named, beside topics too", async () => {
  const { kafka, admin } = setUp();
  const reset = { to: "end", dryRun: true } as const;
  const places = async (more: object) =>
    (await admin.resetOffsets("billing", { ...reset, ...more })).map(({ topic, partition }) => `${topic}/${partition}`);
  expect(await places({})).toEqual(["orders/0"]);
  expect(await places({ partitions: [{ topic: "orders", partition: 1 }] })).toEqual(["orders/1"]);
  expect(await places({ topics: ["other"], partitions: [{ topic: "orders", partition: 1 }] })).toEqual(["other/0", "orders/1"]);
  expect(await places({ topics: ["orders"], partitions: [{ topic: "orders", partition: 1 }] })).toEqual(["orders/0", "orders/1"]);
  expect(await admin.resetOffsets("unknown", { to: "end" })).toEqual([]);
  await kafka.close();
});

test.each(["stable", "preparing_rebalance", "completing_rebalance", "assigning", "reconciling", "not_ready"] as const)(
  "a group that is %s is refused, with who is in it, in a dry run too",
  async (state) => {
    const { kafka, admin } = setUp(state);
    for (const dryRun of [true, false]) {
      await expect(admin.resetOffsets("billing", { to: "end", dryRun })).rejects.toMatchObject({
        code: "GROUP_NOT_EMPTY",
        group: "billing",
        message: expect.stringContaining("2 member(s) (shop)") as unknown,
      });
    }
    await kafka.close();
  },
);

test.each([
  { offset: -1 },
  { offset: 1.5 },
  { offset: Number.NaN },
  { time: new Date("never") },
  { time: -5 },
  {},
  "start",
  null,
  undefined,
])("a reset to %j is refused before anything is asked", async (to) => {
  const { kafka, admin } = setUp();
  await expect(admin.resetOffsets("billing", { to: to as "end" })).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
  await kafka.close();
});

test("topics and partitions that do not exist are refused by name", async () => {
  const { kafka, admin } = setUp();
  await expect(admin.resetOffsets("billing", { to: "end", topics: ["absent"] })).rejects.toMatchObject({
    code: "KAFKA_UNKNOWN_TOPIC",
    topic: "absent",
  });
  await expect(admin.resetOffsets("billing", { to: "end", partitions: [{ topic: "orders", partition: 2 }] })).rejects.toMatchObject({
    code: "KAFKA_INVALID_PARTITION",
    topic: "orders",
    partition: 2,
  });
  await kafka.close();
});
