import { json, string } from "@millrace/serdes";
import { createVirtualClock } from "@millrace/testing";
import { defineTopic } from "@millrace/topics";
import fc from "fast-check";
import { expect, test } from "vitest";
import { holdSends } from "../../test/support/hold-sends.ts";
import { ScriptedDriver } from "../../test/support/scripted-driver.ts";
import { type ClientEvent, createKafka, KafkaError, type TransactionalProducerOptions, type TransactionState } from "../index.ts";

const orders = defineTopic({ name: "orders", key: string(), value: json<{ readonly total: number }>() });
const message = { topic: "orders", key: null, value: Buffer.from("x") };
const group = { group: "billing", memberId: "member-1", generationId: 4, groupInstanceId: null };
const offset = { topic: "in", partition: 0, offset: 7 };

const passing = (): KafkaError => new KafkaError({ code: "KAFKA_TIMED_OUT", message: "no answer", retryable: true });
const lasting = (): KafkaError => new KafkaError({ code: "KAFKA_BROKER_ERROR", message: "no", kafkaError: "INVALID_TXN_STATE" });
const fenced = (): KafkaError => new KafkaError({ code: "PRODUCER_FENCED", message: "another came", kafkaError: "PRODUCER_FENCED" });

function setUp(options: Partial<TransactionalProducerOptions> = {}) {
  const driver = new ScriptedDriver();
  const clock = createVirtualClock();
  const kafka = createKafka({ driver, clock });
  const events: ClientEvent[] = [];
  const reading = (async () => {
    for await (const event of kafka.events()) events.push(event);
  })();
  const producer = kafka.transactionalProducer({ transactionalId: "id-1", ...options });
  const run = <T>(work: Promise<T>): Promise<T> => clock.runUntil(work);
  /** The states that were gone through, with the first one. */
  const states = async (): Promise<readonly TransactionState[]> => {
    await run(kafka.close());
    await reading;
    const steps = events.filter((event) => event.type === "transaction-state");
    return steps.map(({ to }) => to);
  };
  const script = () => driver.transactional[0]!;
  const failOn = (call: "init" | "offsets" | "commit" | "abort", error: () => Error, times = 1): void => {
    let left = times;
    script().onCall = async (made) => {
      if (made === call && left-- > 0) throw error();
    };
  };
  return { driver, clock, kafka, producer, run, states, script, failOn, events };
}

async function begun(options: Partial<TransactionalProducerOptions> = {}) {
  const made = setUp(options);
  await made.run(made.producer.begin());
  return made;
}

test("[004-19] states are ready, in_transaction, committing, committed, aborting and aborted; the time-out of 60 s goes to the driver", async () => {
  const { producer, run, script, states } = setUp();
  expect(producer.state).toBe("initialising");
  await run(producer.begin());
  expect(producer.state).toBe("in_transaction");
  expect(script().settings).toMatchObject({ transactionalId: "id-1", transactionTimeoutMs: 60_000 });
  await run(producer.commit());
  expect(producer.state).toBe("ready");
  await run(producer.begin());
  await run(producer.abort());
  expect((await states()).join(" ")).toBe("ready in_transaction committing committed ready in_transaction aborting aborted ready closed");
  const own = await begun({ transactionTimeoutMs: 5_000 });
  expect(own.script().settings.transactionTimeoutMs).toBe(5_000);
  await own.run(own.kafka.close());
});

test("[004-20] idempotence and acks all are forced, the id is claimed on construction, and every call outside its state is refused by name", async () => {
  const { driver, kafka, producer, run, script, clock } = setUp();
  await clock.advance(0);
  expect(script().calls).toEqual(["init"]);
  expect(driver.producers).toMatchObject([{ settings: { acks: -1, idempotent: true } }]);
  for (const wrong of [{ acks: 1 }, { acks: 0 }, { idempotent: false }]) {
    const options = { transactionalId: "x", ...wrong } as unknown as TransactionalProducerOptions;
    expect(() => kafka.transactionalProducer(options)).toThrow(/must be (true|"all") in transactions/);
  }
  const outside = async (state: string): Promise<void> => {
    const refused = { code: "TRANSACTION_STATE" };
    const attempts = [
      ["send", () => producer.sendRaw(message)],
      ["send", () => producer.send(orders, { value: { total: 1 } })],
      ["send", () => producer.sendBatch(orders, [{ value: { total: 1 } }])],
      ["send offsets", () => producer.sendOffsets([offset], group)],
      ["commit transaction", () => producer.commit()],
      ["abort transaction", () => producer.abort()],
    ] as const;
    for (const [what, attempt] of attempts) {
      const error = await attempt().then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject({ ...refused, message: `Cannot ${what} in state: ${state}` });
    }
  };
  expect(producer.state).toBe("ready");
  await outside("ready");
  await run(producer.begin());
  await expect(producer.begin()).rejects.toMatchObject({
    code: "TRANSACTION_STATE",
    message: "Cannot begin transaction in state: in_transaction",
  });
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  script().onCall = (call) => (call === "commit" || call === "abort" ? held : undefined);
  const committing = producer.commit();
  await outside("committing");
  await expect(producer.begin()).rejects.toThrow("Cannot begin transaction in state: committing");
  release();
  await run(committing);
  await run(kafka.close());
});

test("[004-21] commit goes by committing and committed to ready, abort by aborting and aborted, and every step is an event", async () => {
  const { producer, run, script, states, events } = await begun();
  await run(Promise.all([producer.sendRaw(message), producer.sendOffsets([offset], group)]));
  await run(producer.commit());
  await run(producer.begin());
  await run(producer.sendRaw(message));
  await run(producer.abort());
  expect(script().calls).toEqual(["init", "offsets", "commit", "abort"]);
  expect((await states()).slice(1).join(" ")).toBe(
    "in_transaction committing committed ready in_transaction aborting aborted ready closed",
  );
  expect(events[0]).toEqual({ type: "transaction-state", transactionalId: "id-1", from: "initialising", to: "ready" });
});

test("[004-22] a commit that is refused leaves the transaction to be aborted, never ready; a fenced producer is of no use any more", async () => {
  const { failOn, producer, run, states } = await begun();
  failOn("commit", lasting);
  await expect(run(producer.commit())).rejects.toMatchObject({ code: "TRANSACTION_ABORTABLE", kafkaError: "INVALID_TXN_STATE" });
  expect(producer.state).toBe("abortable_error");
  await expect(producer.begin()).rejects.toThrow("Cannot begin transaction in state: abortable_error");
  await expect(producer.sendRaw(message)).rejects.toMatchObject({ code: "TRANSACTION_ABORTABLE" });
  await run(producer.abort());
  await run(producer.begin());
  failOn("commit", fenced);
  await expect(run(producer.commit())).rejects.toMatchObject({ code: "PRODUCER_FENCED" });
  expect(producer.state).toBe("fenced");
  for (const call of [() => producer.begin(), () => producer.commit(), () => producer.abort(), () => producer.sendRaw(message)]) {
    await expect(call()).rejects.toMatchObject({ code: "PRODUCER_FENCED", retryable: false });
  }
  expect((await states()).join(" ")).toBe(
    "ready in_transaction committing abortable_error aborting aborted ready in_transaction committing fenced closed",
  );
});

test("[004-23] offsets go out with the group's metadata, and close with an open transaction aborts it first", async () => {
  const { driver, kafka, producer, run, script, states } = await begun();
  await run(
    producer.sendOffsets(
      [
        { ...offset, metadata: "m" },
        { ...offset, partition: 1 },
      ],
      group,
    ),
  );
  await run(producer.sendOffsets([offset], { group: "others" }));
  expect(script().offsets).toEqual([
    [
      [
        { ...offset, metadata: "m" },
        { ...offset, partition: 1, metadata: null },
      ],
      group,
    ],
    [[{ ...offset, metadata: null }], { group: "others", memberId: "", generationId: -1, groupInstanceId: null }],
  ]);
  const { release } = holdSends(driver);
  const open = expect(producer.sendRaw(message)).rejects.toMatchObject({ code: "TRANSACTION_ABORTED" });
  await run(producer.close());
  await open;
  release();
  expect(script().calls).toEqual(["init", "offsets", "offsets", "abort"]);
  expect(driver.producers).toMatchObject([{ closed: 1 }]);
  for (const call of [() => producer.begin(), () => producer.commit(), () => producer.sendRaw(message)]) {
    await expect(call()).rejects.toMatchObject({ code: "CLOSED" });
  }
  await run(kafka.close());
  expect((await states()).join(" ")).toBe("ready in_transaction aborting aborted ready closed");
});

test("a message that fails makes its transaction abortable, also when nobody looks at it", async () => {
  const { driver, producer, run, kafka } = await begun();
  driver.onSend = () => Promise.resolve([{ ok: false, error: lasting() }]);
  void producer.sendRaw(message);
  await expect(run(producer.commit())).rejects.toMatchObject({ code: "TRANSACTION_ABORTABLE", cause: { kafkaError: "INVALID_TXN_STATE" } });
  driver.onSend = undefined;
  await run(producer.abort());
  await run(producer.begin());
  await expect(producer.sendRaw({ ...message, timestamp: -1 })).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
  expect(producer.state).toBe("abortable_error");
  await run(producer.abort());
  await run(producer.begin());
  await expect(run(producer.sendRaw({ ...message, partition: 9 }))).rejects.toMatchObject({ code: "KAFKA_INVALID_PARTITION" });
  expect(producer.state).toBe("abortable_error");
  await run(kafka.close());
});

test("offsets that are refused make the transaction abortable", async () => {
  const { failOn, producer, run, kafka } = await begun();
  failOn("offsets", () => new KafkaError({ code: "COMMIT_STALE", message: "gone" }));
  await expect(run(producer.sendOffsets([offset], group))).rejects.toMatchObject({ code: "COMMIT_STALE" });
  await expect(producer.commit()).rejects.toMatchObject({ code: "TRANSACTION_ABORTABLE", cause: { code: "COMMIT_STALE" } });
  await run(kafka.close());
});

test("commit waits for messages and offsets that are under way", async () => {
  const { driver, producer, run, script, kafka, clock } = await begun();
  const { promise: offsetsDone, resolve: settleOffsets } = Promise.withResolvers<void>();
  script().onCall = (call) => (call === "offsets" ? offsetsDone : undefined);
  const sends = holdSends(driver);
  void producer.sendRaw(message);
  void producer.sendOffsets([offset], group);
  const committing = producer.commit();
  await clock.advance(100);
  expect(script().calls).toEqual(["init", "offsets"]);
  sends.release();
  await clock.advance(100);
  expect(script().calls).toEqual(["init", "offsets"]);
  settleOffsets();
  await run(committing);
  expect(script().calls).toEqual(["init", "offsets", "commit"]);
  await run(kafka.close());
});

test("after an abort nothing of the old transaction gets into the next one, and its late outcomes do not touch it", async () => {
  const { driver, producer, run, script, kafka, clock } = await begun({ lingerMs: 50 });
  const sends = holdSends(driver);
  const first = expect(producer.sendRaw({ ...message, value: Buffer.from("in flight") })).rejects.toMatchObject({
    code: "TRANSACTION_ABORTED",
  });
  await clock.advance(60);
  expect(sends.held).toBe(1);
  const second = expect(producer.sendRaw({ ...message, value: Buffer.from("lingers") })).rejects.toMatchObject({
    code: "TRANSACTION_ABORTED",
  });
  await run(producer.abort());
  await Promise.all([first, second]);
  await run(producer.begin());
  sends.release(() => ({ ok: false, error: fenced() }));
  await clock.advance(1_000);
  expect(producer.state).toBe("in_transaction");
  driver.onSend = undefined;
  await run(Promise.all([producer.sendRaw({ ...message, value: Buffer.from("next") }), producer.commit()]));
  expect(driver.sends.flatMap((batches) => batches.flatMap(({ records }) => records.map(({ value }) => String(value))))).toEqual([
    "in flight",
    "next",
  ]);
  expect(script().calls).toEqual(["init", "abort", "commit"]);
  await run(kafka.close());
});

test("a commit without an answer is in doubt: asking again tells, and nothing else is allowed", async () => {
  const { failOn, producer, run, states } = await begun();
  failOn("commit", passing, 2);
  await expect(run(producer.commit())).rejects.toMatchObject({ code: "KAFKA_TIMED_OUT", retryable: true });
  expect(producer.state).toBe("in_doubt");
  for (const call of [() => producer.begin(), () => producer.abort(), () => producer.sendRaw(message)]) {
    await expect(call()).rejects.toThrow(/in state: in_doubt. Commit again to learn/);
  }
  await expect(run(producer.commit())).rejects.toMatchObject({ code: "KAFKA_TIMED_OUT" });
  await run(producer.commit());
  expect((await states()).join(" ")).toBe("ready in_transaction committing in_doubt committing in_doubt committing committed ready closed");
});

test("an abort without an answer may be repeated; one that is refused for good leaves a producer of no use", async () => {
  const { failOn, producer, run, states } = await begun();
  failOn("abort", passing);
  await expect(run(producer.abort())).rejects.toMatchObject({ code: "KAFKA_TIMED_OUT" });
  expect(producer.state).toBe("abortable_error");
  await run(producer.abort());
  await run(producer.begin());
  failOn("abort", lasting);
  await expect(run(producer.abort())).rejects.toMatchObject({ kafkaError: "INVALID_TXN_STATE" });
  expect(producer.state).toBe("failed");
  await expect(producer.begin()).rejects.toMatchObject({ code: "KAFKA_BROKER_ERROR" });
  expect((await states()).slice(-3).join(" ")).toBe("aborting failed closed");
});

test("claiming the id is tried again by the next begin when it failed for a passing reason, and not when for good", async () => {
  const { failOn, producer, run, kafka, clock, script } = setUp();
  await Promise.resolve();
  failOn("init", passing);
  await expect(run(producer.begin())).rejects.toMatchObject({ code: "KAFKA_TIMED_OUT" });
  expect(producer.state).toBe("initialising");
  await run(producer.begin());
  expect(producer.state).toBe("in_transaction");
  expect(script().calls).toEqual(["init", "init"]);
  await run(kafka.close());

  const other = setUp();
  await Promise.resolve();
  other.failOn("init", lasting);
  await other.clock.advance(0);
  expect(other.producer.state).toBe("failed");
  await expect(other.producer.begin()).rejects.toMatchObject({ kafkaError: "INVALID_TXN_STATE" });
  await other.run(other.kafka.close());
  expect(clock.pending + other.clock.pending).toBe(0);
});

test("transaction() commits, gives the result, and aborts when work or commit fail", async () => {
  const { failOn, producer, run, script, kafka } = setUp();
  expect(await run(producer.transaction(async (transaction) => (await transaction.sendRaw(message)).offset))).toBe(0);
  const failure = new Error("work failed");
  await expect(
    run(
      producer.transaction(async () => {
        throw failure;
      }),
    ),
  ).rejects.toBe(failure);
  failOn("commit", lasting);
  await expect(run(producer.transaction(async () => undefined))).rejects.toMatchObject({ code: "TRANSACTION_ABORTABLE" });
  expect(producer.state).toBe("ready");
  failOn("abort", passing);
  await expect(run(producer.transaction(() => Promise.reject(failure)))).rejects.toBe(failure);
  expect(producer.state).toBe("abortable_error");
  expect(script().calls).toEqual(["init", "commit", "abort", "commit", "abort", "abort"]);
  await run(kafka.close());
});

test("a commit that is refused after one that was not answered leaves the fate unknown, and says so", async () => {
  const { producer, run, script, states } = await begun();
  const answers = [passing(), lasting()];
  script().onCall = async () => {
    throw answers.shift();
  };
  await expect(run(producer.commit())).rejects.toMatchObject({ code: "KAFKA_TIMED_OUT" });
  expect(producer.state).toBe("in_doubt");
  await expect(run(producer.commit())).rejects.toThrow(
    /in state: failed\. Close the producer: whether the transaction is committed is not known/,
  );
  await expect(run(producer.abort())).rejects.toMatchObject({ code: "KAFKA_BROKER_ERROR", kafkaError: "INVALID_TXN_STATE" });
  expect((await states()).slice(-4).join(" ")).toBe("in_doubt committing failed closed");

  const aborted = await begun();
  const abortable = new KafkaError({ code: "TRANSACTION_ABORTABLE", message: "took too long" });
  const told = [passing(), abortable];
  aborted.script().onCall = async (call) => {
    if (call === "commit") throw told.shift();
  };
  await expect(aborted.run(aborted.producer.commit())).rejects.toMatchObject({ code: "KAFKA_TIMED_OUT" });
  await expect(aborted.run(aborted.producer.commit())).rejects.toMatchObject({ code: "TRANSACTION_ABORTABLE" });
  await aborted.run(aborted.producer.abort());
  expect(aborted.producer.state).toBe("ready");
  await aborted.states();
});

test("what transaction() gave to its work is of no use in a later transaction", async () => {
  const { producer, run, kafka } = setUp();
  let leaked: Parameters<Parameters<typeof producer.transaction>[0]>[0] | undefined;
  await run(
    producer.transaction(async (transaction) => {
      leaked = transaction;
      await transaction.send(orders, { value: { total: 1 } });
      await transaction.sendBatch(orders, [{ value: { total: 2 } }]);
      await transaction.sendOffsets([offset], group);
    }),
  );
  await run(producer.begin());
  await expect(leaked!.sendRaw(message)).rejects.toThrow("Cannot send: the transaction that this belongs to is over");
  await expect(leaked!.sendOffsets([offset], group)).rejects.toMatchObject({ code: "TRANSACTION_STATE" });
  expect(producer.state).toBe("in_transaction");
  await run(kafka.close());
});

test("close waits for a commit that is under way, and gives up an abort that is not answered in time", async () => {
  const { producer, run, script, states } = await begun();
  const { promise, resolve } = Promise.withResolvers<void>();
  script().onCall = () => promise;
  const committing = producer.commit();
  const closing = producer.close();
  resolve();
  await run(Promise.all([committing, closing]));
  expect((await states()).slice(-4).join(" ")).toBe("committing committed ready closed");

  const silent = await begun();
  silent.script().onCall = () => new Promise(() => undefined);
  await silent.run(silent.producer.close({ timeoutMs: 500 }));
  expect(silent.producer.state).toBe("closed");
  expect((await silent.states()).slice(-2)).toEqual(["aborting", "closed"]);
});

test("options that cannot be are refused together", () => {
  const { kafka } = setUp();
  const wrong = { transactionalId: "", transactionTimeoutMs: 0.5, lingerMs: -1 };
  expect(() => kafka.transactionalProducer(wrong)).toThrow(/transactionalId must be .*transactionTimeoutMs must be .*lingerMs must be/);
  const driver = new ScriptedDriver(["transactions"]);
  expect(() => createKafka({ driver }).transactionalProducer({ transactionalId: "x" })).toThrow(/cannot do transactions/);
});

test("in random lives of a producer, what commit resolved is what was sent since begin, and no state is left without a way out", async () => {
  const step = fc.constantFrom("begin", "send", "offsets", "commit", "abort", "work");
  const answer = fc.constantFrom(...(["ok", "ok", "ok", "passing", "lasting"] as const));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(step, answer), { maxLength: 40 }), async (steps) => {
      const { driver, kafka, producer, run, script } = setUp();
      await run(producer.begin());
      let open: string[] = [];
      const committed: string[] = [];
      const told: string[] = [];
      let next = 0;
      let plan: "ok" | "passing" | "lasting" = "ok";
      let wire: string[] = [];
      const fail = (): void => {
        if (plan !== "ok") throw plan === "passing" ? passing() : lasting();
      };
      driver.onSend = async (batches) => {
        if (plan !== "ok") return batches.map(() => ({ ok: false, error: lasting() }));
        wire.push(...batches.flatMap(({ records }) => records.map(({ value }) => String(value))));
        return driver.store(batches);
      };
      script().onCall = async (call) => {
        if (call === "offsets" || plan === "lasting") fail();
        if (call === "commit") committed.push(...wire.splice(0));
        if (call === "abort") wire = [];
        fail();
      };
      const attempt = async (work: () => Promise<unknown>): Promise<boolean> => {
        return await run(
          work().then(
            () => true,
            () => false,
          ),
        );
      };
      for (const [kind, planned] of steps) {
        plan = planned;
        const value = `${next++}`;
        if (kind === "begin" && (await attempt(() => producer.begin()))) open = [];
        if (kind === "send" && (await attempt(() => producer.sendRaw({ ...message, value: Buffer.from(value) })))) open.push(value);
        if (kind === "offsets") await attempt(() => producer.sendOffsets([offset], group));
        if (kind === "commit" && (await attempt(() => producer.commit()))) told.push(...open);
        if (kind === "abort") await attempt(() => producer.abort());
        if (kind === "work" && producer.state === "ready") {
          open = [value];
          const work = () => producer.transaction((transaction) => transaction.sendRaw({ ...message, value: Buffer.from(value) }));
          if (await attempt(work)) told.push(value);
        }
      }
      plan = "ok";
      if (producer.state === "in_doubt") {
        await run(producer.commit());
        told.push(...open);
      }
      // In doubt, and then refused: nobody can know.
      if (producer.state === "failed" && committed.length > told.length) told.push(...open);
      expect(committed).toEqual(told);
      if (producer.state === "in_transaction" || producer.state === "abortable_error") await run(producer.abort());
      if (producer.state !== "failed") {
        await run(producer.begin());
        await run(producer.commit());
      }
      await run(kafka.close());
    }),
    { numRuns: 500 },
  );
});
