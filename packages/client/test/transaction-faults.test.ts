import { type EmbeddedKafka, startEmbeddedKafka } from "@millrace/embedded-kafka";
import type { DriverTransactionalProducer, DriverTransactionalProducerSettings } from "@millrace/kafka";
import type { ApiName, ErrorName } from "@millrace/protocol";
import { waitFor } from "@millrace/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Harness, record, uniqueName } from "./support/client-harness.ts";
import { createFlowHarness, flows } from "./support/transaction-flows.ts";

const patience = { timeoutMs: 10_000 };
const outside = { group: "g", memberId: "", generationId: -1, groupInstanceId: null };

describe.each(flows)("%s flow", (flow) => {
  let broker: EmbeddedKafka;
  let harness: Harness;
  let topic: string;
  let counts: Map<ApiName, number>;

  beforeEach(async () => {
    broker = await startEmbeddedKafka({ autoCreateTopics: false });
    harness = createFlowHarness(broker.brokers, flow);
    topic = await harness.topic(2);
    counts = new Map();
    broker.intercept("*", (request, next) => {
      counts.set(request.api, (counts.get(request.api) ?? 0) + 1);
      return next(request);
    });
  });
  afterEach(async () => {
    broker.faults.clear();
    await harness.close();
    await broker.close();
  });

  const open = async (settings: Partial<DriverTransactionalProducerSettings> = {}): Promise<DriverTransactionalProducer> => {
    const producer = await harness.transactional(settings);
    await producer.partitionCount(topic);
    return producer;
  };
  const send = async (producer: DriverTransactionalProducer, value: string, partition = 0) =>
    (await producer.send([{ topic, partition, records: [record(value)] }]))[0];
  const sendOffset = (producer: DriverTransactionalProducer, offset: number): Promise<void> =>
    producer.sendOffsets([{ topic, partition: 0, offset, metadata: null }], outside);
  const committed = (): string[] => broker.records(topic, { isolation: "read_committed" }).map(({ value }) => String(value));
  const groupOffset = (): number | undefined => broker.offsets("g")[0]?.offset;

  /** The requests of a transaction in this flow. */
  const apis: readonly ApiName[] = [
    ...(flow === "classic" ? (["AddPartitionsToTxn", "AddOffsetsToTxn"] as const) : []),
    ...(["InitProducerId", "Produce", "TxnOffsetCommit", "EndTxn"] as const),
  ];
  const coordinated = apis.filter((api) => api !== "Produce");

  /** Three transactions, the second of them aborted; all of it must come out as if nothing had happened. */
  const live = async (): Promise<void> => {
    const producer = await open();
    for (const [index, ending] of (["commit", "abort", "commit"] as const).entries()) {
      for (const partition of [0, 1]) expect(await send(producer, `${index} ${partition}`, partition)).toMatchObject({ ok: true });
      await sendOffset(producer, index + 1);
      await producer[ending]();
    }
    expect(committed().sort()).toEqual(["0 0", "0 1", "2 0", "2 1"]);
    expect(groupOffset()).toBe(3);
    expect(broker.transactions()).toMatchObject([{ state: "CompleteCommit" }]);
  };

  test("without faults each request is sent once, and in the flow that was chosen", async () => {
    await live();
    const adds = flow === "classic" ? 3 : 0;
    expect(counts.get("AddPartitionsToTxn") ?? 0).toBe(adds * 2);
    expect(counts.get("AddOffsetsToTxn") ?? 0).toBe(adds);
    expect([counts.get("InitProducerId"), counts.get("Produce"), counts.get("TxnOffsetCommit"), counts.get("EndTxn")]).toEqual([
      1, 6, 3, 3,
    ]);
  });

  test.each(["NOT_COORDINATOR", "COORDINATOR_NOT_AVAILABLE", "COORDINATOR_LOAD_IN_PROGRESS", "CONCURRENT_TRANSACTIONS"] as const)(
    "%s from any coordinator is asked again until it passes",
    async (error) => {
      for (const api of coordinated) {
        const isGroup = api === "TxnOffsetCommit";
        if (!(isGroup && error === "CONCURRENT_TRANSACTIONS")) broker.faults.error(api, error, { times: 2, skip: 1 });
      }
      broker.faults.error("InitProducerId", error, { times: 2 });
      await live();
    },
  );

  test.each(["NOT_LEADER_OR_FOLLOWER", "CONCURRENT_TRANSACTIONS", "NOT_ENOUGH_REPLICAS", "COORDINATOR_LOAD_IN_PROGRESS"] as const)(
    "%s of a leader is asked again until it passes",
    async (error) => {
      broker.faults.error("Produce", error, { times: 3, skip: 1 });
      await live();
    },
  );

  test.each(["before", "after"] as const)("a connection that is lost %s the effect of a request changes nothing", async (at) => {
    for (const api of apis) {
      for (const skip of [0, 1, 2]) broker.faults.drop(api, { times: 1, skip: skip * 2, at });
    }
    await live();
  });

  test("requests that arrive twice change nothing", async () => {
    broker.faults.duplicate(apis);
    await live();
  });

  test("while there is no coordinator it is looked for, and the transactions go on when there is one again", async () => {
    broker.faults.coordinatorLoss({ forMs: 150 });
    await live();
    broker.faults.coordinatorLoss({ forMs: 150 });
    const producer = await open();
    await send(producer, "after the loss");
    broker.faults.coordinatorLoss({ forMs: 150 });
    await producer.commit();
    expect(committed()).toContain("after the loss");
  });

  test("CONCURRENT_TRANSACTIONS is asked again after 3 ms, and then ever later", async () => {
    const producer = await open();
    const times: number[] = [];
    broker.intercept("EndTxn", (request, next) => {
      times.push(performance.now());
      return next(request);
    });
    await send(producer, "a");
    broker.faults.error("EndTxn", "CONCURRENT_TRANSACTIONS", { times: 3 });
    await producer.commit();
    const pauses = times.slice(1).map((time, index) => time - times[index]!);
    // Timers of Node may be early by less than a millisecond, and as late as they like.
    for (const [index, least] of [2, 5, 11].entries()) expect(pauses[index]).toBeGreaterThan(least);
    expect(counts.get("FindCoordinator") ?? 0).toBeLessThan(3);
    expect(committed()).toEqual(["a"]);
  });

  test("a commit that is not answered in time may be asked for again, and tells what became of it", async () => {
    for (const at of ["before", "after"] as const) {
      const producer = await open({ maxBlockMs: 600 });
      await send(producer, `a ${at}`);
      const silence = broker.faults.stall("EndTxn", { at });
      await expect(producer.commit()).rejects.toMatchObject({ retryable: true });
      silence.undo();
      await producer.commit();
      await send(producer, `b ${at}`);
      await producer.commit();
    }
    expect(committed()).toEqual(["a before", "b before", "a after", "b after"]);
  });

  test("an abort that is not answered in time may be asked for again", async () => {
    const producer = await open({ maxBlockMs: 600 });
    await send(producer, "never");
    const silence = broker.faults.stall(["EndTxn", "InitProducerId"], { at: "after" });
    await expect(producer.abort()).rejects.toMatchObject({ retryable: true });
    silence.undo();
    await producer.abort();
    await send(producer, "a");
    await producer.commit();
    expect(committed()).toEqual(["a"]);
  });

  test("a batch that is still under way at the abort is kept out by a new epoch, however late it comes", async () => {
    const producer = await open();
    await send(producer, "never 1");
    const epochs = (): readonly unknown[] => broker.transactions().map(({ producerEpoch }) => producerEpoch);
    const before = epochs();
    const silence = broker.faults.stall("Produce");
    const late = send(producer, "never 2", 1);
    await waitFor(() => silence.hits > 0, patience);
    const aborting = producer.abort();
    expect(await late).toMatchObject({ ok: false, error: { code: "TRANSACTION_ABORTED" } });
    // It is before the abort on its connection, which answers in order.
    silence.undo();
    await aborting;
    expect(epochs()).not.toEqual(before);
    expect(await send(producer, "a", 1)).toMatchObject({ ok: true });
    await producer.commit();
    expect(committed()).toEqual(["a"]);
    expect(counts.get("InitProducerId")).toBe(flow === "classic" ? 2 : 1);
  });

  test("a batch whose fate is unknown costs its transaction, and the next one begins under a new epoch", async () => {
    const producer = await open({ requestTimeoutMs: 100, deliveryTimeoutMs: 300 });
    await send(producer, "never 1");
    const silence = broker.faults.stall("Produce", { at: "after" });
    expect(await send(producer, "never 2")).toMatchObject({ ok: false, error: { code: "KAFKA_TIMED_OUT" } });
    silence.undo();
    await producer.abort();
    for (const value of ["a", "b"]) expect(await send(producer, value)).toMatchObject({ ok: true });
    await producer.commit();
    expect(committed()).toEqual(["a", "b"]);
  });

  test.each(["PRODUCER_FENCED", "INVALID_PRODUCER_EPOCH"] as const)("%s is for good, whoever says it", async (error) => {
    for (const api of apis.filter((name) => name !== "InitProducerId")) {
      const producer = await open();
      if (api === "EndTxn") await send(producer, "never");
      const fault = broker.faults.error(api, error);
      const attempt = async (): Promise<void> => {
        const outcome = await send(producer, "never");
        if (outcome?.ok === false) throw outcome.error;
        await sendOffset(producer, 1);
        await producer.commit();
      };
      await expect(attempt(), api).rejects.toMatchObject({ code: "PRODUCER_FENCED", kafkaError: error, retryable: false });
      fault.undo();
      await producer.close();
    }
    expect(committed()).toEqual([]);
  });

  const abortable: readonly (readonly [ApiName, ErrorName])[] = [
    ["Produce", "TRANSACTION_ABORTABLE"],
    ["Produce", "OUT_OF_ORDER_SEQUENCE_NUMBER"],
    ["Produce", "UNKNOWN_PRODUCER_ID"],
    ["Produce", "TOPIC_AUTHORIZATION_FAILED"],
    ["TxnOffsetCommit", "TRANSACTION_ABORTABLE"],
    ["TxnOffsetCommit", "GROUP_AUTHORIZATION_FAILED"],
    ["TxnOffsetCommit", "ILLEGAL_GENERATION"],
    ["EndTxn", "TRANSACTION_ABORTABLE"],
    ["EndTxn", "INVALID_TXN_STATE"],
    ["EndTxn", "INVALID_PRODUCER_ID_MAPPING"],
  ];
  test.each(abortable)("when %s is answered %s the transaction is aborted and the next one is committed", async (api, error) => {
    const producer = await open();
    broker.faults.error(api, error, { times: 1, skip: api === "Produce" ? 1 : 0 });
    const attempt = async (): Promise<void> => {
      for (const value of ["never 1", "never 2"]) {
        const outcome = await send(producer, value);
        if (outcome?.ok === false) throw outcome.error;
      }
      await sendOffset(producer, 9);
      await producer.commit();
    };
    await expect(attempt()).rejects.toMatchObject({ kafkaError: error, retryable: false });
    await producer.abort();
    for (const value of ["a", "b"]) expect(await send(producer, value)).toMatchObject({ ok: true });
    await sendOffset(producer, 2);
    await producer.commit();
    expect(committed()).toEqual(["a", "b"]);
    expect(groupOffset()).toBe(2);
  });

  test.each(["INVALID_TXN_STATE", "INVALID_PRODUCER_ID_MAPPING", "UNKNOWN_PRODUCER_ID"] as const)(
    "an abort that is answered %s claims the id again, and goes on",
    async (error) => {
      const producer = await open();
      await send(producer, "never");
      broker.faults.error("EndTxn", error, { times: 1 });
      await producer.abort();
      await send(producer, "a");
      await producer.commit();
      expect(committed()).toEqual(["a"]);
    },
  );

  if (flow === "newest") {
    test("a transaction that took too long can be aborted and done again, unless somebody came meanwhile", async () => {
      const isTooLong = {
        code: "TRANSACTION_ABORTABLE",
        retryable: false,
        message: expect.stringMatching(/transactionTimeoutMs \(150 ms\)/),
      };
      const transactionalId = uniqueName("id");
      const producer = await open({ transactionalId, transactionTimeoutMs: 150 });
      const overdue = async (value: string): Promise<void> => {
        await send(producer, value);
        await waitFor(() => broker.transactions()[0]?.state === "CompleteAbort", patience);
      };
      await overdue("never 1");
      await expect(producer.commit()).rejects.toMatchObject(isTooLong);
      await producer.abort();
      await overdue("never 2");
      expect(await send(producer, "never 3", 1)).toMatchObject({ ok: false, error: isTooLong });
      await producer.abort();
      await overdue("never 4");
      await expect(sendOffset(producer, 4)).rejects.toMatchObject(isTooLong);
      await producer.abort();
      // Nothing was seen of the time-out before.
      await overdue("never 5");
      await producer.abort();
      await send(producer, "a");
      await producer.commit();
      await overdue("never 6");
      const heir = await open({ transactionalId });
      await send(heir, "heir");
      await expect(producer.commit()).rejects.toMatchObject(isTooLong);
      await expect(producer.abort()).rejects.toMatchObject({ code: "PRODUCER_FENCED", retryable: false });
      // What the zombie tried has done it no harm.
      await heir.commit();
      expect(committed()).toEqual(["a", "heir"]);
      expect(counts.get("InitProducerId")).toBe(2);
    });
  }
  if (flow === "classic") {
    test("a transaction that took too long fences its producer: nobody can tell whether another has come", async () => {
      const producer = await open({ transactionTimeoutMs: 150 });
      await send(producer, "never");
      await waitFor(() => broker.transactions()[0]?.state === "CompleteAbort", patience);
      await expect(producer.commit()).rejects.toMatchObject({
        code: "PRODUCER_FENCED",
        message: expect.stringContaining("transactionTimeoutMs"),
      });
    });
  }

  test("a zombie that fails and aborts does not touch the transaction of its heir", async () => {
    const transactionalId = uniqueName("id");
    const zombie = await open({ transactionalId, requestTimeoutMs: 100, deliveryTimeoutMs: 200 });
    await send(zombie, "never 1");
    const silence = broker.faults.stall("Produce");
    expect(await send(zombie, "never 2")).toMatchObject({ ok: false, error: { code: "KAFKA_TIMED_OUT" } });
    silence.undo();
    const heir = await open({ transactionalId });
    await send(heir, "heir");
    await expect(zombie.abort()).rejects.toMatchObject({ code: "PRODUCER_FENCED" });
    await heir.commit();
    expect(committed()).toEqual(["heir"]);
  });

  test("claiming an id waits until the transaction of the one before is over, and gives up when its time is", async () => {
    const transactionalId = uniqueName("id");
    const before = await open({ transactionalId });
    await send(before, "never");
    await open({ transactionalId });
    expect(broker.transactions()[0]).toMatchObject({ state: "Empty" });
    broker.faults.error("InitProducerId", "CONCURRENT_TRANSACTIONS");
    await expect(open({ maxBlockMs: 200 })).rejects.toMatchObject({ kafkaError: "CONCURRENT_TRANSACTIONS", retryable: true });
  });

  test("a topic that stays unknown is told by name before the time to block is over", async () => {
    const producer = await open({ maxBlockMs: 1_000 });
    const startedAt = performance.now();
    await expect(producer.partitionCount("nowhere")).rejects.toMatchObject({ code: "KAFKA_UNKNOWN_TOPIC", topic: "nowhere" });
    expect(performance.now() - startedAt).toBeLessThan(4_000);
  });

  test("offsets of a topic that stays unknown are refused within seconds", async () => {
    const producer = await open();
    const unknown = producer.sendOffsets([{ topic: "nowhere", partition: 0, offset: 1, metadata: null }], outside);
    await expect(unknown).rejects.toMatchObject({ code: "KAFKA_UNKNOWN_TOPIC", kafkaError: "UNKNOWN_TOPIC_OR_PARTITION" });
    await producer.abort();
    await send(producer, "a");
    await producer.commit();
    expect(committed()).toEqual(["a"]);
  });

  test("closing with requests under way leaves neither sockets nor timers", async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const before = timers();
    const producer = await open();
    broker.faults.stall(["EndTxn", "TxnOffsetCommit"]);
    await send(producer, "a");
    const ending = [producer.commit(), sendOffset(producer, 1)].map((work) => expect(work).rejects.toThrow());
    await producer.close();
    await Promise.all(ending);
    expect(timers()).toBeLessThanOrEqual(before);
  });
});
