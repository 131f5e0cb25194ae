import { type BrokerEngine, createBrokerEngine, type EngineRequest } from "@millrace/embedded-kafka";
import { createKafka, type Kafka, readTopics } from "@millrace/kafka";
import { createVirtualClock, seededRandom, type VirtualClock } from "@millrace/testing";
import { expect, onTestFinished, test } from "vitest";
import { memory } from "../src/index.ts";

interface World {
  readonly clock: VirtualClock;
  readonly kafka: Kafka;
  /** Names in each question about topics. */
  readonly asked: () => readonly (readonly string[])[];
  /** How often identities were asked for. */
  readonly identities: () => number;
}

const minute = 60_000;

/** A cluster that has these topics, and a client that knows of none of them. */
async function setUp(names: readonly string[]): Promise<World> {
  const clock = createVirtualClock();
  const random = seededRandom(1);
  const engine = createBrokerEngine({ clock, random });
  const requests: EngineRequest[] = [];
  const handle = (request: EngineRequest) => {
    requests.push(request);
    return engine.handle(request);
  };
  const maker = createKafka({ driver: memory({ engine }), clock, random });
  await clock.runUntil(maker.admin().createTopics(names.map((name) => ({ name, partitions: 1 }))));
  const kafka = createKafka({ driver: memory({ engine: { ...engine, handle } as BrokerEngine }), clock, random });
  onTestFinished(async () => {
    await clock.runUntil(Promise.all([maker.close(), kafka.close()]));
    engine.close();
  });
  return {
    clock,
    kafka,
    asked: () =>
      requests
        .filter((request): request is EngineRequest<"Metadata"> => request.api === "Metadata")
        .map(({ body }) => (body.topics ?? []).map(({ name }) => name ?? "")),
    identities: () => requests.filter(({ api }) => api === "InitProducerId").length,
  };
}

test("an admin client that lives long asks about the topics that are of use, not about all that ever were", async () => {
  const names = Array.from({ length: 30 }, (_, index) => `t${index}`);
  const { clock, kafka, asked } = await setUp(names);
  const admin = kafka.admin();
  for (const topic of names) {
    await clock.runUntil(admin.offsets([{ topic, partition: 0 }], "latest"));
    await clock.advance(minute);
  }
  expect(asked().at(-1)).toContain("t29");
  expect(Math.max(...asked().map((topics) => topics.length))).toBeLessThanOrEqual(11);
});

test("a producer forgets topics that it has not written to in long, and goes on with them as if it had not", async () => {
  const others = Array.from({ length: 30 }, (_, index) => `t${index}`);
  const { clock, kafka, asked, identities } = await setUp(["rare", ...others]);
  const producer = kafka.producer();
  const send = async (topic: string, value: string): Promise<number> =>
    (await clock.runUntil(producer.sendRaw({ topic, key: null, value: Buffer.from(value) }))).offset;
  expect([await send("rare", "a"), await send("rare", "b")]).toEqual([0, 1]);
  expect(identities()).toBe(1);
  for (const topic of others) {
    await send(topic, "x");
    await clock.advance(minute);
  }
  expect(Math.max(...asked().map((topics) => topics.length))).toBeLessThanOrEqual(11);
  // Numbers of a partition that is forgotten cannot go on: those that come get another identity, at most one in five minutes.
  expect(identities()).toBeGreaterThan(1);
  expect(identities()).toBeLessThanOrEqual(7);
  const before = clock.monotonic();
  expect([await send("rare", "c"), await send("rare", "d")]).toEqual([2, 3]);
  expect(clock.monotonic() - before).toBeLessThan(5);
  const values: string[] = [];
  const reading = (async () => {
    for await (const { value } of readTopics(kafka, ["rare"])) values.push(String(value));
  })();
  await clock.runUntil(reading);
  expect(values).toEqual(["a", "b", "c", "d"]);
});
