import { expect, test } from "vitest";
import { type KafkaPropertiesOptions, renderKafkaProperties } from "./kafka-properties.ts";

const single: KafkaPropertiesOptions = {
  nodeId: 1,
  role: "both",
  brokers: 1,
  port: 19092,
  controllerPort: 19093,
  dataDirectory: "/data/kafka-1",
};

function render(options: Partial<KafkaPropertiesOptions> = {}): Map<string, string> {
  return new Map(
    renderKafkaProperties({ ...single, ...options })
      .trimEnd()
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}

test("a single node is its own quorum and keeps one copy of everything", () => {
  const properties = render();
  expect(properties.get("node.id")).toBe("1");
  expect(properties.get("process.roles")).toBe("broker,controller");
  expect(properties.get("listeners")).toBe("PLAINTEXT://127.0.0.1:19092,CONTROLLER://127.0.0.1:19093");
  expect(properties.get("controller.quorum.bootstrap.servers")).toBe("127.0.0.1:19093");
  expect(properties.get("log.dirs")).toBe("/data/kafka-1");
  for (const topic of ["offsets.topic", "transaction.state.log", "share.coordinator.state.topic"]) {
    expect(properties.get(`${topic}.replication.factor`)).toBe("1");
  }
  expect(properties.get("transaction.state.log.min.isr")).toBe("1");
});

test("a broker of three asks the controller, keeps three copies, two in sync, and does not move leaders by itself", () => {
  const properties = render({ nodeId: 2, role: "broker", brokers: 3, port: 19193, controllerPort: 19195 });
  expect(properties.get("node.id")).toBe("2");
  expect(properties.get("process.roles")).toBe("broker");
  expect(properties.get("advertised.listeners")).toBe("PLAINTEXT://127.0.0.1:19193");
  expect(properties.get("controller.quorum.bootstrap.servers")).toBe("127.0.0.1:19195");
  expect(properties.get("offsets.topic.replication.factor")).toBe("3");
  expect(properties.get("min.insync.replicas")).toBe("2");
  expect(properties.get("auto.leader.rebalance.enable")).toBe("false");
});

test("a controller of three has no door for clients", () => {
  const properties = render({ nodeId: 4, role: "controller", brokers: 3, controllerPort: 19195 });
  expect(properties.get("listeners")).toBe("CONTROLLER://127.0.0.1:19195");
  expect(properties.has("inter.broker.listener.name")).toBe(false);
});

test("a backslash in a path is kept by the properties format", () => {
  expect(render({ dataDirectory: "/odd\\path" }).get("log.dirs")).toBe("/odd\\\\path");
});
