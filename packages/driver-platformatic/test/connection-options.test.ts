import type { SaslSettings } from "@millrace/core";
import { kafkajs } from "@millrace/driver-kafkajs";
import { startEmbeddedKafka } from "@millrace/embedded-kafka";
import { createKafka } from "@millrace/kafka";
import { expect, onTestFinished, test } from "vitest";
import { platformatic } from "../src/index.ts";
import { startSaslBroker } from "./sasl-broker.ts";

const drivers = { kafkajs, platformatic } as const;

test.each(["kafkajs", "platformatic"] as const)(
  "[001-02] %s: a list of servers is enough, in clear; a mechanism with name and password is optional; no server, and a member of no group, are errors",
  async (name) => {
    const make = drivers[name];
    const broker = await startEmbeddedKafka({ topics: [{ name: "orders", partitions: 1 }] });
    onTestFinished(() => broker.close());
    const kafka = createKafka({ driver: make({ brokers: [...broker.brokers, "127.0.0.1:1"] }) });
    onTestFinished(() => kafka.close());
    expect(await kafka.admin().listTopics()).toContain("orders");

    const login = await startSaslBroker({ answer: () => ({}) });
    onTestFinished(() => login.close());
    const sasl: SaslSettings = { mechanism: "PLAIN", username: "user", password: "hunter2" };
    const secured = createKafka({ driver: make({ brokers: [`127.0.0.1:${login.port}`], sasl, connectionTimeoutMs: 3_000 }) });
    onTestFinished(() => secured.close());
    await secured.admin().listTopics();
    expect(login.credentials[0]).toBe("\0user\0hunter2");

    for (const brokers of [[], undefined]) {
      expect(() => make({ brokers: brokers as unknown as string[] })).toThrow(
        expect.objectContaining({ code: "INVALID_OPTIONS", message: expect.stringContaining("must name at least one address") as unknown }),
      );
    }
    const [pushed, pulled] = [kafka.consumer({}), kafka.pullConsumer({})];
    const groupless = {
      code: "INVALID_OPTIONS",
      message: expect.stringContaining("a consumer without a group cannot subscribe") as unknown,
    };
    await expect(pushed.consume(["orders"], { onBatch: () => undefined })).rejects.toMatchObject(groupless);
    await expect(pulled.subscribe(["orders"])).rejects.toMatchObject(groupless);
    expect(() => kafka.consumer({ group: "" })).toThrow(/group must be a name that is not empty/);
  },
);
