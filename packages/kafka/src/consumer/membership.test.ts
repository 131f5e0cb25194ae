import { expect, test } from "vitest";
import { ScriptedDriver } from "../../test/support/scripted-driver.ts";
import { commit, p0, p1, setUp } from "../../test/support/set-up-consumer.ts";
import { createKafka, KafkaError } from "../index.ts";

test("groupMetadata is the standing in the group: null before it is joined, after it is lost and after close", async () => {
  const { scripted, consumer, kafka } = await setUp();
  expect(consumer.groupMetadata()).toBeNull();
  await scripted.join(1, [p0, p1]);
  const standing = { group: "billing", memberId: "member-1", groupInstanceId: null, isLeader: true, protocol: "range" };
  expect(consumer.groupMetadata()).toEqual({ ...standing, generationId: 1, assignment: [p0, p1] });
  await scripted.handlers.revoked([p0, p1], "rebalance");
  expect(consumer.groupMetadata()).toEqual({ ...standing, generationId: 1, assignment: [] });
  await scripted.join(2, [p0]);
  expect(consumer.groupMetadata()).toEqual({ ...standing, generationId: 2, assignment: [p0] });
  await scripted.handlers.revoked([p0], "lost");
  expect(consumer.groupMetadata()).toBeNull();
  await scripted.join(3, [p0]);
  await kafka.close();
  expect(consumer.groupMetadata()).toBeNull();
});

test("what cannot be is refused at once: options, topics without a group, partitions beside topics", async () => {
  const kafka = createKafka({ driver: new ScriptedDriver() });
  const refused = (options: object): unknown => {
    try {
      return kafka.consumer(options);
    } catch (error) {
      return error;
    }
  };
  expect(refused({ group: "g", assignors: ["cooperative-sticky", "range"] })).toMatchObject({
    message: expect.stringContaining("cooperative-sticky cannot stand beside other assignors"),
  });
  expect(refused({ group: "g", assignors: [] })).toMatchObject({ message: expect.stringContaining("at least one assignor") });
  expect(refused({ group: "g", assignors: ["best", "range", "range"] })).toMatchObject({
    message: expect.stringMatching(/there is no assignor "best".*each assignor once/s),
  });
  expect(refused({ groupInstanceId: "", autoCommitMs: 5 })).toMatchObject({
    message: expect.stringMatching(/groupInstanceId must be a name.*groupInstanceId needs a group.*autoCommitMs needs a group/s),
  });
  const handlers = { onBatch: () => undefined };
  const free = kafka.consumer();
  expect(free.group).toBeNull();
  await expect(free.consume(["orders"], handlers)).rejects.toThrow("a consumer without a group cannot subscribe");
  await expect(free.assign([p0])).rejects.toThrow("handlers are given with the first assign");
  await expect(
    free.assign(
      [
        { topic: "", partition: 0 },
        { topic: "orders", partition: -1 },
      ],
      handlers,
    ),
  ).rejects.toThrow(/\/0 is not a partition.*orders\/-1 is not a partition/s);
  await free.assign([], handlers);
  await expect(free.assign([p0], handlers)).rejects.toThrow("only with that");
  await expect(free.consume(["orders"], handlers)).rejects.toThrow("a consumer consumes once");
  await expect(free.committed([p0])).rejects.toThrow("has no offsets");
  const member = kafka.consumer({ group: "g" });
  await member.consume({ pattern: /orders.*/ }, handlers);
  await expect(member.assign([p0], handlers)).rejects.toThrow("cannot be given partitions");
  await kafka.close();
  await expect(free.assign([p0])).rejects.toMatchObject({ code: "CLOSED" });
});

test("drivers that refuse static members or cooperative rebalancing are not asked for them", () => {
  const kafka = createKafka({ driver: new ScriptedDriver(["static-members", "cooperative-rebalance"]) });
  expect(() => kafka.consumer({ group: "g", groupInstanceId: "one" })).toThrow("cannot do static-members");
  expect(() => kafka.consumer({ group: "g", assignors: ["cooperative-sticky"] })).toThrow("cannot do cooperative-rebalance");
  expect(kafka.consumer({ group: "g", assignors: ["sticky"] }).group).toBe("g");
});

test("assigned partitions start by the reset policy, are committed by nobody without a group, and stay with the next assign", async () => {
  const driver = new ScriptedDriver();
  driver.logs.set("orders/0", { earliest: 5, latest: 50 });
  const kafka = createKafka({ driver });
  const consumer = kafka.consumer({ reset: "earliest" });
  const told: string[] = [];
  await consumer.assign([p0, p0], {
    onBatch: () => undefined,
    onAssigned: (claims) => void told.push(`+${claims.map(({ partition }) => partition).join()}`),
    onRevoked: (claims, reason) => void told.push(`-${claims.map(({ partition }) => partition).join()} ${reason}`),
  });
  const [claim] = consumer.assignment();
  expect(claim).toMatchObject({ ...p0, startOffset: 5, committed: null });
  expect(driver.consumers[0]!.settings).toMatchObject({ group: null, subscription: "assigned", groupInstanceId: null });
  await consumer.assign([p0, p1]);
  expect(consumer.assignment()[0]).toBe(claim);
  await consumer.assign([p1]);
  expect(told).toEqual(["+0", "+1", "-0 rebalance"]);
  expect(claim!.signal.aborted).toBe(true);
  await expect(consumer.commit([commit(claim!, 1)])).rejects.toThrow("nowhere to commit to");
  expect(consumer.groupMetadata()).toBeNull();
  await kafka.close();
});

test("what comes is told before its offsets are read, and nothing is told of nothing", async () => {
  const driver = new ScriptedDriver();
  const told: (readonly unknown[])[] = [];
  const onClaiming = async (partitions: readonly unknown[]) => {
    told.push(partitions);
    await Promise.resolve();
    driver.committed.set("orders/0", { ...p0, offset: 7, metadata: null });
  };
  driver.logs.set("orders/0", { earliest: 0, latest: 50 });
  const { scripted, kafka } = await setUp({}, { onClaiming }, driver);
  await scripted.join(1, []);
  expect(await scripted.join(2, [p0])).toEqual([{ ...p0, offset: 7 }]);
  expect(told).toEqual([[p0]]);
  await kafka.close();
});

const cooperative = { assignors: ["cooperative-sticky"] } as const;
const renewedAs = (generationId: number) => ({ memberId: "member-1", generationId, isLeader: false, protocol: "cooperative-sticky" });
const staleCommit = new KafkaError({ code: "COMMIT_STALE", message: "stale" });

test("cooperative: what stays keeps its claim, and is committed under the membership of the moment", async () => {
  const { scripted, consumer, kafka } = await setUp(cooperative);
  await scripted.join(1, [p0, p1]);
  const [first, second] = consumer.assignment();
  scripted.handlers.renewed(renewedAs(2));
  await scripted.handlers.revoked([p1], "rebalance");
  expect(consumer.assignment()).toEqual([first]);
  expect(second!.signal.aborted).toBe(true);
  expect(await consumer.commit([commit(first!, 3)])).toEqual({ stale: [] });
  expect(scripted.commits.at(-1)!.membership).toMatchObject({ generationId: 2 });
  await kafka.close();
});

test("cooperative: a commit that a rebalance refuses is sent again under the next membership; what has gone by then is stale", async () => {
  const { scripted, consumer, kafka } = await setUp(cooperative);
  await scripted.join(1, [p0, p1]);
  const [first, second] = consumer.assignment();
  const refused = Promise.withResolvers<void>();
  scripted.onCommit = () => {
    refused.resolve();
    return Promise.reject(staleCommit);
  };
  const result = consumer.commit([commit(first!, 3), commit(second!, 4)]);
  await refused.promise;
  await scripted.handlers.revoked([p1], "lost");
  scripted.onCommit = undefined;
  // What is lost has no membership to be sent under; what stays is sent under the one that comes.
  scripted.handlers.renewed(renewedAs(2));
  expect(await result).toEqual({ stale: [commit(second!, 4)] });
  expect(scripted.commits.at(-1)).toMatchObject({ offsets: [{ ...p0, offset: 3 }], membership: { generationId: 2 } });
  await kafka.close();
});

test("cooperative: a commit that waits for a membership is stale when its partition leaves, or when none comes in time", async () => {
  const { clock, scripted, consumer, kafka } = await setUp({ ...cooperative, rebalanceTimeoutMs: 5_000 });
  await scripted.join(1, [p0]);
  const [claim] = consumer.assignment();
  scripted.onCommit = () => Promise.reject(staleCommit);
  expect(await clock.runUntil(consumer.commit([commit(claim!, 3)]))).toEqual({ stale: [commit(claim!, 3)] });
  expect(clock.monotonic()).toBeGreaterThanOrEqual(5_000);
  const leaving = consumer.commit([commit(claim!, 4)]);
  await clock.runUntil(scripted.handlers.revoked([p0], "rebalance"));
  expect(await leaving).toEqual({ stale: [commit(claim!, 4)] });
  await kafka.close();
});
