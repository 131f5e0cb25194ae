import { type SchemaSource, string } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import { expect, test } from "vitest";
import { ScriptedDriver } from "../test/support/scripted-driver.ts";
import { createKafka, type DriverContext, type KafkaDriver } from "./index.ts";

test("a connection does nothing until it is used, and gives its driver the client id, clock and randomness", async () => {
  const driver = new ScriptedDriver();
  let context: DriverContext | undefined;
  const watched: KafkaDriver = {
    name: "watched",
    capabilities: driver.capabilities,
    connect: (given) => {
      context = given;
      return driver.connect();
    },
  };
  const random = () => 0.5;
  const kafka = createKafka({ driver: watched, clientId: "shop", random });
  kafka.producer();
  kafka.admin();
  kafka.consumer({ group: "g" });
  expect(context).toMatchObject({ clientId: "shop", random });
  expect([driver.producers, driver.consumers, driver.adminsOpened]).toEqual([[], [], 0]);
  expect(kafka).toMatchObject({ clientId: "shop", driver: { name: "watched", capabilities: driver.capabilities } });
  await kafka.close();
});

test("without a driver or with an empty client id it says what is missing", () => {
  expect(() => createKafka({} as { driver: KafkaDriver })).toThrow("driver must be a driver, such as kafkajs");
  expect(() => createKafka({ driver: new ScriptedDriver(), clientId: "" })).toThrow("clientId must be a name");
});

test("a topic's serdes are bound once, to this connection's schemas", () => {
  const schemas: SchemaSource = { idFor: () => 1, schemaFor: () => ({ type: "AVRO", text: '"string"' }) };
  const bindings: unknown[] = [];
  const text = string();
  const watched = {
    format: "watched",
    bind: (binding: unknown) => {
      bindings.push(binding);
      return text.bind({ topic: "t", part: "value" });
    },
  };
  const kafka = createKafka({ driver: new ScriptedDriver(), schemas });
  const topic = defineTopic({ name: "orders", key: watched, value: watched });
  expect(kafka.codec(topic)).toBe(kafka.codec(topic));
  expect(bindings).toEqual([
    { topic: "orders", part: "key", source: schemas },
    { topic: "orders", part: "value", source: schemas },
  ]);
});

test("close ends consumers, then producers and admins, then the driver, once; then nothing can be made", async () => {
  const driver = new ScriptedDriver();
  const order: string[] = [];
  const connection = driver.connect();
  driver.connect = () => ({
    ...connection,
    close: async () => {
      order.push("driver");
    },
  });
  const kafka = createKafka({ driver });
  const topic = defineTopic({ name: "orders", key: string(), value: string() });
  const producer = kafka.producer();
  const consumer = kafka.consumer({ group: "g", reset: "earliest" });
  await consumer.consume([topic], {
    onBatch: () => undefined,
    onRevoked: async () => {
      await producer.send(topic, { value: "last words" });
      order.push("consumer");
    },
  });
  await driver.consumers[0]!.join(1, [{ topic: "orders", partition: 0 }]);
  await kafka.admin().listTopics();
  await Promise.all([kafka.close(), kafka[Symbol.asyncDispose]()]);
  expect(order).toEqual(["consumer", "driver"]);
  expect(driver.producers[0]!.closed).toBe(1);
  expect(driver.admin.closed).toBe(1);
  expect(() => kafka.producer()).toThrow("the Kafka connection is closed");
  expect(() => kafka.consumer({ group: "g" })).toThrow("is closed");
  expect(() => kafka.admin()).toThrow("is closed");
  expect(await kafka.events().next()).toEqual({ done: true, value: undefined });
});

test("what fails to close does not keep the rest open", async () => {
  const driver = new ScriptedDriver();
  const connection = driver.connect();
  driver.connect = () => ({ ...connection, close: () => Promise.reject(new Error("stuck")) });
  driver.admin.close = () => Promise.reject(new Error("stuck too"));
  const kafka = createKafka({ driver });
  await kafka.admin().listTopics();
  await expect(kafka.close()).rejects.toMatchObject({ errors: [{ message: "stuck too" }, { message: "stuck" }] });
});
