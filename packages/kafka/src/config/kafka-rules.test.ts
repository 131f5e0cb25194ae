import { connection, messages, safeLoadConfig, topicNames } from "@millrace/config";
import { expect, test } from "vitest";
import { clientPresets } from "../index.ts";
import { consumer, presetsOf, producer, kafkaRules as rules, transactions } from "./index.ts";

const object = { transactions: { transactionalId: "t" } };

test("a transaction that ends before its messages give up is worth a warning, when either time is set", () => {
  const load = (environment: Record<string, string>) => safeLoadConfig({ sections: [transactions], object, environment });
  const warning = {
    path: "transactions.transactionTimeoutMs",
    message: "(60000) is below deliveryTimeoutMs (90000): a transaction may be aborted while its messages are still tried",
  };
  expect(load({}).warnings).toEqual([]);
  expect(load({ KAFKA_DELIVERY_TIMEOUT_MS: "90000" }).warnings).toEqual([warning]);
  expect(load({ KAFKA_DELIVERY_TIMEOUT_MS: "90000", KAFKA_TRANSACTION_TIMEOUT_MS: "90000" }).warnings).toEqual([]);
  expect(load({ KAFKA_TRANSACTION_TIMEOUT_MS: "10000" }).warnings).toHaveLength(1);
  expect(load({ KAFKA_TRANSACTION_TIMEOUT_MS: "ten", KAFKA_DELIVERY_TIMEOUT_MS: "90000" }).errors).toHaveLength(1);
});

test("reading what is not committed is worth a warning where transactions are written", () => {
  const environment = { KAFKA_ISOLATION_LEVEL: "read_uncommitted" };
  expect(safeLoadConfig({ sections: [consumer, transactions], rules, object, environment }).warnings).toEqual([
    expect.objectContaining({ path: "consumer.isolation" }),
  ]);
  expect(safeLoadConfig({ sections: [consumer], rules, environment }).warnings).toEqual([]);
});

test("what is handed over at once fits the producer's buffer", () => {
  const load = (maxBytes: number) =>
    safeLoadConfig({ sections: [messages, producer], rules, object: { messages: { maxBytes } }, environment: {} }).errors;
  expect(load(33_554_432)).toEqual([]);
  expect(load(33_554_433)).toEqual([
    expect.objectContaining({
      path: "messages.maxBytes",
      rule: "must be at most producer.bufferBytes (33554432), or sending waits for itself",
    }),
  ]);
});

test("no preset breaks a rule, and topics of the systems are those of their presets", () => {
  const sections = [connection, consumer, messages, producer, topicNames, transactions] as const;
  const given = { ...object, connection: { brokers: ["a:1"], security: { username: "u", password: "p" } }, consumer: { group: "g" } };
  const names = new Set(sections.flatMap((section) => Object.keys(section.presets)));
  const own = ["development", "staging", "production", "high-security", "performance"];
  expect(names).toEqual(new Set([...own, ...Object.keys(presetsOf(() => undefined))]));
  for (const preset of names) {
    const isSecured = ["staging", "production", "high-security"].includes(preset);
    const values = isSecured ? given : { ...given, connection: { brokers: ["a:1"] } };
    expect([preset, safeLoadConfig({ sections, rules, object: values, environment: {}, preset }).errors]).toEqual([preset, []]);
  }
  for (const [name, { topic, connection: reached = {} }] of Object.entries(presetsOf((preset) => preset))) {
    expect(topicNames.presets[name]).toMatchObject(topic);
    expect(connection.presets[name] ?? {}).toMatchObject(reached);
  }
  expect(presetsOf((preset) => preset.producer)["event-bus"]).toBe(clientPresets.eventBus.producer);
});
