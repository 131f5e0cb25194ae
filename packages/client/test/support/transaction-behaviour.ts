import type { DriverTransactionalProducer } from "@millrace/kafka";
import { waitFor } from "@millrace/testing";
import { afterEach, describe, expect, test } from "vitest";
import { type Harness, record, uniqueName } from "./client-harness.ts";
import { createFlowHarness, flows } from "./transaction-flows.ts";

const patience = { timeoutMs: 20_000 };
const isFenced = { code: "PRODUCER_FENCED", retryable: false };

/** What transactions of the client do on any broker, in both flows. */
export function describeTransactions(brokers: () => readonly string[]): void {
  describe.each(flows)("%s flow", (flow) => {
    const open: Harness[] = [];
    const connect = (): Harness => {
      const made = createFlowHarness(brokers(), flow);
      open.push(made);
      return made;
    };
    afterEach(async () => {
      await Promise.all(open.splice(0).map((made) => made.close()));
    });

    async function setUp(partitions = 1, configs: Readonly<Record<string, string>> = {}) {
      const harness = connect();
      const topic = await harness.topic(partitions, configs);
      const claim = async (transactionalId = uniqueName("id"), by = harness): Promise<DriverTransactionalProducer> => {
        const producer = await by.transactional({ transactionalId });
        await producer.partitionCount(topic);
        return producer;
      };
      const send = async (producer: DriverTransactionalProducer, value: string, partition = 0) =>
        (await producer.send([{ topic, partition, records: [record(value)] }]))[0];
      /** What a reader of committed records finds before a last word. */
      const committed = async (): Promise<readonly string[]> => {
        const plain = await harness.producer();
        await plain.partitionCount(topic);
        await plain.send([{ topic, partition: 0, records: [record("the end")] }]);
        const member = await harness.join({ group: uniqueName("reader"), topics: [topic] });
        await waitFor(() => member.values().includes("the end"), patience);
        return member.values().filter((value) => value !== "the end");
      };
      return { harness, topic, claim, send, committed };
    }

    test("commits and aborts follow one another, on several partitions, and what is read is what was committed", async () => {
      const { claim, send, committed } = await setUp(3);
      const producer = await claim();
      for (let index = 0; index < 12; index++) {
        const outcomes = await Promise.all([0, 0, 1, 2].map((partition, number) => send(producer, `${index} ${number}`, partition)));
        for (const outcome of outcomes) expect(outcome).toMatchObject({ ok: true });
        await (index % 3 === 1 ? producer.abort() : producer.commit());
      }
      const expected = Array.from({ length: 12 }, (_, index) =>
        index % 3 === 1 ? [] : [0, 1, 2, 3].map((number) => `${index} ${number}`),
      );
      expect([...(await committed())].sort()).toEqual(expected.flat().sort());
    });

    test("an empty transaction is committed and aborted without a word to the broker", async () => {
      const { claim, send, committed } = await setUp();
      const producer = await claim();
      await producer.commit();
      await producer.abort();
      await send(producer, "a");
      await producer.commit();
      await producer.commit();
      await producer.abort();
      expect(await committed()).toEqual(["a"]);
    });

    test("what is on its way when a transaction is aborted gets neither into it nor into the next one", async () => {
      const { claim, send, committed } = await setUp(2);
      const producer = await claim();
      for (let index = 0; index < 5; index++) {
        const unanswered = [0, 1, 0, 1, 0].map((partition) => send(producer, `never ${index}`, partition));
        // Sometimes nothing has left yet, sometimes everything.
        for (let turn = 0; turn < index; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
        await producer.abort();
        for (const outcome of await Promise.all(unanswered)) {
          if (outcome?.ok === false) expect(outcome.error).toMatchObject({ code: "TRANSACTION_ABORTED" });
        }
        expect(await send(producer, `kept ${index}`, index % 2)).toMatchObject({ ok: true });
        await producer.commit();
      }
      expect([...(await committed())].sort()).toEqual([0, 1, 2, 3, 4].map((index) => `kept ${index}`));
    });

    test("a newer producer aborts what the older one left open and fences it for good, whatever it tries", async () => {
      const { claim, send, committed } = await setUp();
      const id = uniqueName("id");
      const tries = [
        (zombie: DriverTransactionalProducer) => zombie.commit(),
        (zombie: DriverTransactionalProducer) => zombie.abort(),
        (zombie: DriverTransactionalProducer) =>
          zombie.sendOffsets([], { group: "g", memberId: "", generationId: -1, groupInstanceId: null }).then(() => zombie.commit()),
        async (zombie: DriverTransactionalProducer) => {
          const outcome = await send(zombie, "zombie");
          if (outcome?.ok === false) throw outcome.error;
        },
      ];
      const expected: string[] = [];
      for (const [index, attempt] of tries.entries()) {
        const zombie = await claim(id);
        expect(await send(zombie, `left open ${index}`)).toMatchObject({ ok: true });
        const heir = await claim(id, connect());
        await expect(attempt(zombie)).rejects.toMatchObject(isFenced);
        // Not even by trying to recover does it take the id back.
        await expect(zombie.abort()).rejects.toMatchObject(isFenced);
        await send(heir, `heir ${index}`);
        await heir.commit();
        expected.push(`heir ${index}`);
      }
      expect(await committed()).toEqual(expected);
    });

    test("a batch that the broker refuses costs its transaction, not the producer", async () => {
      const { claim, send, committed } = await setUp(1, { "max.message.bytes": "2000" });
      const producer = await claim();
      await send(producer, "a");
      expect(await send(producer, "x".repeat(5_000))).toMatchObject({ ok: false, error: { code: "KAFKA_MESSAGE_TOO_LARGE" } });
      await producer.abort();
      await send(producer, "b");
      await producer.commit();
      expect(await committed()).toEqual(["b"]);
    });

    test("offsets count with the commit only, and only under a membership that still stands", async () => {
      const { harness, topic, claim } = await setUp();
      const group = uniqueName("group");
      const member = await harness.join({ group, topics: [topic] });
      await waitFor(() => member.held().length === 1, patience);
      const producer = await claim();
      const place = { topic, partition: 0 };
      const stored = async (): Promise<number | undefined> => (await member.consumer.committed([place]))[0]?.offset;
      const under = (change: object) => ({ group, groupInstanceId: null, ...member.membership(), ...change });
      await producer.sendOffsets([{ ...place, offset: 5, metadata: "five" }], under({}));
      await producer.commit();
      await waitFor(async () => (await stored()) === 5, patience);
      await producer.sendOffsets([{ ...place, offset: 6, metadata: null }], under({}));
      await producer.abort();
      expect(await stored()).toBe(5);
      for (const change of [
        { generationId: member.membership().generationId - 1 },
        { memberId: "nobody" },
        { groupInstanceId: "nobody" },
      ]) {
        const refused = producer.sendOffsets([{ ...place, offset: 7, metadata: null }], under(change));
        await expect(refused).rejects.toMatchObject({ code: "COMMIT_STALE", retryable: false });
        await producer.abort();
      }
      expect(await stored()).toBe(5);
      await producer.sendOffsets([{ ...place, offset: 8, metadata: null }], under({}));
      await producer.commit();
      await waitFor(async () => (await stored()) === 8, patience);
    });

    if (flow === "newest") {
      test("a transaction that took too long is aborted, and its producer goes on, without claiming its id anew", async () => {
        const { harness, topic, send, committed } = await setUp();
        const producer = await harness.transactional({ transactionTimeoutMs: 1_000 });
        await producer.partitionCount(topic);
        const member = await harness.join({ group: uniqueName("reader"), topics: [topic] });
        const plain = await harness.producer();
        await plain.partitionCount(topic);
        for (const ending of ["commit", "abort"] as const) {
          await send(producer, "never");
          const [behind] = await plain.send([{ topic, partition: 0, records: [record(`behind ${ending}`)] }]);
          expect(behind).toMatchObject({ ok: true });
          await waitFor(() => member.values().includes(`behind ${ending}`), patience);
          if (ending === "commit") await expect(producer.commit()).rejects.toMatchObject({ code: "TRANSACTION_ABORTABLE" });
          await producer.abort();
          expect(await send(producer, `after ${ending}`)).toMatchObject({ ok: true });
          await producer.commit();
        }
        expect(await committed()).toEqual(["behind commit", "after commit", "behind abort", "after abort"]);
      });

      test("a time-out that the broker does not allow is refused when the id is claimed", async () => {
        const harness = connect();
        await expect(harness.transactional({ transactionTimeoutMs: 2_000_000 })).rejects.toMatchObject({
          kafkaError: "INVALID_TRANSACTION_TIMEOUT",
          retryable: false,
          message: expect.stringMatching(/lower transactionTimeoutMs.*transaction\.max\.timeout\.ms/),
        });
      });
    }
  });
}

/** What readers of either isolation find when one producer has committed and aborted, and a second one has fenced it. */
export async function readThroughFencing(
  brokers: readonly string[],
): Promise<{ readonly committed: string[]; readonly everything: string[] }> {
  const [harness, other] = [createFlowHarness(brokers, "newest"), createFlowHarness(brokers, "newest")];
  try {
    const topic = await harness.topic();
    const transactionalId = uniqueName("id");
    const claim = async (by: Harness): Promise<DriverTransactionalProducer> => {
      const producer = await by.transactional({ transactionalId });
      await producer.partitionCount(topic);
      return producer;
    };
    const write = (producer: DriverTransactionalProducer, value: string) =>
      producer.send([{ topic, partition: 0, records: [record(value)] }]);
    const read = async (isolation: "read_committed" | "read_uncommitted"): Promise<string[]> => {
      const member = await harness.join({ group: uniqueName("reader"), topics: [topic], isolation });
      await waitFor(() => member.values().includes("c"), patience);
      return member.batches.flatMap(({ records }) => records.map(({ offset, value }) => `${offset} ${String(value)}`));
    };
    const first = await claim(harness);
    await write(first, "a");
    await first.commit();
    await write(first, "never 1");
    await first.abort();
    await write(first, "b");
    await first.commit();
    await write(first, "never 2");
    const second = await claim(other);
    await write(second, "c");
    await expect(first.commit()).rejects.toMatchObject(isFenced);
    await second.commit();
    return { committed: await read("read_committed"), everything: await read("read_uncommitted") };
  } finally {
    await Promise.all([harness.close(), other.close()]);
  }
}
