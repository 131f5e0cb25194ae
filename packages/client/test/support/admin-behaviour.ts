import { waitFor } from "@millrace/testing";
import { afterEach, expect, test } from "vitest";
import { createHarness, type Harness, uniqueName } from "./client-harness.ts";
import { createSteppingMember } from "./group-member.ts";

const patience = { timeoutMs: 15_000 };

/** What the admin client tells beyond what conformance cells can bring about. Runs on whatever broker it is given. */
export function describeAdmin(target: { readonly brokers: () => readonly string[] }): void {
  const open: { close(): unknown }[] = [];
  const harness = (): Harness => {
    const made = createHarness(target.brokers());
    open.push(made);
    return made;
  };
  afterEach(async () => {
    await Promise.all(open.splice(0).map((made) => made.close()));
  });

  test("a member is removed by its id, and one that is not there is not counted", async () => {
    const { admin: connect, topic: makeTopic, transport } = harness();
    const [admin, topic] = [await connect(), await makeTopic()];
    const group = uniqueName("removed");
    const member = await createSteppingMember(transport, group, topic);
    open.push(member);
    const { memberId } = await member.join();
    await member.sync();
    expect(await admin.removeMembers(group, { members: [{ memberId }, { memberId: "nobody" }] })).toBe(1);
    expect(await admin.describeGroups([group])).toMatchObject([{ state: "empty", members: [] }]);
  });

  test("the end of the log is before an open transaction with read_committed, and after it without", async () => {
    const { admin: connect, topic: makeTopic, connection } = harness();
    const [admin, topic] = [await connect(), await makeTopic()];
    const settings = { transactionalId: uniqueName("open"), transactionTimeoutMs: 30_000, requestTimeoutMs: 10_000, maxBlockMs: 10_000 };
    const producer = await connection.createTransactionalProducer({
      ...settings,
      compression: "none",
      deliveryTimeoutMs: 10_000,
      retries: Number.POSITIVE_INFINITY,
      retryBackoffMs: 20,
      retryBackoffMaxMs: 1_000,
      maxInFlightRequests: 5,
    });
    await producer.init();
    await producer.partitionCount(topic);
    const record = { timestamp: Date.now(), key: null, value: Buffer.from("v"), headers: [] };
    const [outcome] = await producer.send([{ topic, partition: 0, records: [record] }]);
    expect(outcome).toMatchObject({ ok: true });
    const end = async (isolation: "read_committed" | "read_uncommitted") =>
      (await admin.offsets([{ topic, partition: 0 }], "latest", { isolation }))[0]?.offset;
    expect([await end("read_committed"), await end("read_uncommitted")]).toEqual([0, 1]);
    await producer.abort();
    await waitFor(async () => (await end("read_committed")) === 2, patience);
    await producer.close();
  });
}
