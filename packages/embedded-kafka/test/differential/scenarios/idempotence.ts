import { batchOf, fetchFrom, produceTo } from "../request-bodies.ts";
import type { Scenario, Stage, StagedTopic } from "../scenario.ts";

interface ProducerBatch {
  readonly epoch?: number;
  readonly sequence: number;
  readonly count?: number;
}

async function newProducerId(stage: Stage): Promise<number> {
  const { producerId } = await stage.until(
    "a producer id",
    () => stage.main.call("InitProducerId", 0, { transactionalId: null, transactionTimeoutMs: 60_000 }),
    (answer) => answer.errorCode === 0,
  );
  return producerId;
}

function sender(stage: Stage, topic: StagedTopic, producerId: number, version = 9) {
  return (label: string, { epoch = 0, sequence, count = 1 }: ProducerBatch) => {
    const values = Array.from({ length: count }, (_, index) => `${sequence}+${index}`);
    const records = batchOf(stage.baseTime, values, { producerId, producerEpoch: epoch, baseSequence: sequence });
    return stage.ask(
      `${label}: epoch ${epoch}, sequence ${sequence}, ${count} records`,
      "Produce",
      version,
      produceTo(topic, [{ records }], { version }),
    );
  };
}

async function logOf(stage: Stage, topic: StagedTopic): Promise<void> {
  await stage.ask("what the log has", "Fetch", 11, fetchFrom(topic, [{ fetchOffset: 0 }], { version: 11, sessionEpoch: -1 }));
}

export const idempotenceScenarios: readonly Scenario[] = [
  {
    name: "a producer id without transactions is given out in every version, always with epoch 0",
    cases: [3, 11],
    shows: ["producer-1", "producer-2", "INVALID_REQUEST"],
    async run(stage) {
      await newProducerId(stage);
      for (let version = 0; version <= 5; version++) {
        const body = { transactionalId: null, transactionTimeoutMs: 60_000 };
        await stage.ask("a new one", "InitProducerId", version, body);
        await stage.ask("without a time-out", "InitProducerId", version, { ...body, transactionTimeoutMs: 0 });
        await stage.ask("with an empty transactional id", "InitProducerId", version, { ...body, transactionalId: "" });
        if (version < 3) continue;
        await stage.ask("with an id and an epoch", "InitProducerId", version, { ...body, producerId: 5, producerEpoch: 3 });
        await stage.ask("with an id alone", "InitProducerId", version, { ...body, producerId: 5, producerEpoch: -1 });
        await stage.ask("with an epoch alone", "InitProducerId", version, { ...body, producerId: -1, producerEpoch: 3 });
      }
    },
  },
  {
    name: "a batch that is sent again is answered with its first offset as long as it is among the last five",
    cases: [10],
    shows: ["OUT_OF_ORDER_SEQUENCE_NUMBER", '"baseOffset":0'],
    async run(stage) {
      const topic = await stage.topic("duplicates");
      for (const version of [3, 9, 12]) {
        const send = sender(stage, topic, await newProducerId(stage), version);
        await send("first", { sequence: 0, count: 2 });
        await send("again", { sequence: 0, count: 2 });
        await send("a part of it", { sequence: 0 });
        await send("more than it", { sequence: 0, count: 3 });
        for (let sequence = 2; sequence < 6; sequence++) await send("next", { sequence });
        await send("the fifth last again", { sequence: 0, count: 2 });
        await send("next", { sequence: 6 });
        await send("the sixth last again", { sequence: 0, count: 2 });
        await send("the fifth last again", { sequence: 2 });
        await send("the last again", { sequence: 6 });
        await send("two of the last together", { sequence: 5, count: 2 });
      }
      await logOf(stage, topic);
    },
  },
  {
    name: "a gap in the sequence is refused and can be filled",
    cases: [10],
    shows: ["OUT_OF_ORDER_SEQUENCE_NUMBER"],
    async run(stage) {
      const topic = await stage.topic("gaps");
      for (const version of [3, 9, 12]) {
        const send = sender(stage, topic, await newProducerId(stage), version);
        await send("first", { sequence: 0 });
        await send("gap", { sequence: 2 });
        await send("filled", { sequence: 1 });
        await send("now it fits", { sequence: 2 });
        await send("far back", { sequence: 2_000_000_000 });
      }
      await logOf(stage, topic);
    },
  },
  {
    name: "a producer that the partition does not know may begin anywhere",
    cases: [10],
    shows: ['"baseOffset":1', "OUT_OF_ORDER_SEQUENCE_NUMBER"],
    async run(stage) {
      const topic = await stage.topic("unknown-producer");
      const send = sender(stage, topic, await newProducerId(stage));
      await send("in the middle", { sequence: 41, epoch: 3 });
      await send("next", { sequence: 42, epoch: 3 });
      await send("before", { sequence: 40, epoch: 3 });
      const stranger = sender(stage, topic, 4_000_000_000);
      await stranger("an id that nobody gave out", { sequence: 7 });
      await stranger("next", { sequence: 8 });
      await logOf(stage, topic);
    },
  },
  {
    name: "a new epoch begins at sequence 0, an old epoch is fenced",
    cases: [10],
    shows: ["OUT_OF_ORDER_SEQUENCE_NUMBER", "INVALID_PRODUCER_EPOCH"],
    async run(stage) {
      const topic = await stage.topic("epochs");
      for (const version of [3, 9, 12]) {
        const send = sender(stage, topic, await newProducerId(stage), version);
        await send("epoch 1", { epoch: 1, sequence: 0, count: 3 });
        await send("not at 0", { epoch: 2, sequence: 3 });
        await send("at 0", { epoch: 2, sequence: 0 });
        await send("the old epoch", { epoch: 1, sequence: 3 });
        await send("a duplicate of the old epoch", { epoch: 1, sequence: 0, count: 3 });
        await send("the new goes on", { epoch: 2, sequence: 1 });
        await send("an epoch far ahead", { epoch: 30_000, sequence: 0 });
      }
      await logOf(stage, topic);
    },
  },
  {
    name: "sequence numbers go on at 0 after 2147483647",
    cases: [10],
    shows: ["OUT_OF_ORDER_SEQUENCE_NUMBER", '"baseOffset":4'],
    async run(stage) {
      const topic = await stage.topic("wrap");
      const send = sender(stage, topic, await newProducerId(stage));
      await send("up to the end and beyond", { sequence: 2_147_483_646, count: 4 });
      await send("again", { sequence: 2_147_483_646, count: 4 });
      await send("not that far", { sequence: 1 });
      await send("next", { sequence: 2 });
      const other = sender(stage, topic, await newProducerId(stage));
      await other("the last", { sequence: 2_147_483_647 });
      await other("the first", { sequence: 0 });
      await logOf(stage, topic);
    },
  },
  {
    name: "transactional batches need a transactional id in the request",
    shows: ["TRANSACTIONAL_ID_AUTHORIZATION_FAILED"],
    async run(stage) {
      const topic = await stage.topic("transactional", { partitions: 2 });
      const plain = batchOf(stage.baseTime, ["a"]);
      const transactional = batchOf(stage.baseTime, ["a"], { isTransactional: true, producerId: 77, producerEpoch: 0, baseSequence: 0 });
      const nobody = batchOf(stage.baseTime, ["a"], { isTransactional: true });
      for (const version of [3, 7, 12]) {
        await stage.ask(
          "one of two",
          "Produce",
          version,
          produceTo(topic, [
            { index: 0, records: plain },
            { index: 1, records: transactional },
          ]),
        );
        await stage.ask("without a producer", "Produce", version, produceTo(topic, [{ records: nobody }]));
      }
      await logOf(stage, topic);
    },
  },
];
