import { expect, test } from "vitest";
import { renderKafkaProperties } from "./kafka-properties.ts";

function parse(text: string): Map<string, string> {
  return new Map(
    text
      .trimEnd()
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}

const first = { nodeId: 1, port: 19092, controllerPort: 19093 };

test("a single node is its own quorum and keeps one copy of everything", () => {
  const properties = parse(renderKafkaProperties({ node: first, nodes: [first], dataDirectory: "/data/kafka-1" }));
  expect(properties.get("node.id")).toBe("1");
  expect(properties.get("listeners")).toBe("PLAINTEXT://127.0.0.1:19092,CONTROLLER://127.0.0.1:19093");
  expect(properties.get("controller.quorum.bootstrap.servers")).toBe("127.0.0.1:19093");
  expect(properties.get("log.dirs")).toBe("/data/kafka-1");
  for (const topic of ["offsets.topic", "transaction.state.log", "share.coordinator.state.topic"]) {
    expect(properties.get(`${topic}.replication.factor`)).toBe("1");
  }
  expect(properties.get("transaction.state.log.min.isr")).toBe("1");
});

test("a node of three names every controller and keeps three copies, two in sync", () => {
  const nodes = [first, { nodeId: 2, port: 19102, controllerPort: 19103 }, { nodeId: 3, port: 19112, controllerPort: 19113 }];
  const properties = parse(renderKafkaProperties({ node: nodes[1] ?? first, nodes, dataDirectory: "/data" }));
  expect(properties.get("node.id")).toBe("2");
  expect(properties.get("advertised.listeners")).toContain("PLAINTEXT://127.0.0.1:19102");
  expect(properties.get("controller.quorum.bootstrap.servers")).toBe("127.0.0.1:19093,127.0.0.1:19103,127.0.0.1:19113");
  expect(properties.get("offsets.topic.replication.factor")).toBe("3");
  expect(properties.get("min.insync.replicas")).toBe("2");
});

test("a backslash in a path is kept by the properties format", () => {
  const properties = parse(renderKafkaProperties({ node: first, nodes: [first], dataDirectory: "/odd\\path" }));
  expect(properties.get("log.dirs")).toBe("/odd\\\\path");
});
