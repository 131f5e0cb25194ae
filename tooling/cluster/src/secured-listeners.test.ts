import { expect, test } from "vitest";
import { renderKafkaProperties } from "./kafka-properties.ts";
import { scramParameters, securedListeners, securedProperties } from "./secured-listeners.ts";

const overrides = securedProperties({ firstPort: 19292, controllerPort: 19298, certificateFolder: "/certificates" });

test("every door has a port of its own, and a protocol", () => {
  const listeners = String(overrides["listeners"]).split(",");
  expect(listeners).toHaveLength(securedListeners.length + 1);
  expect(listeners[0]).toBe("PLAINTEXT://127.0.0.1:19292");
  expect(listeners.at(-1)).toBe("CONTROLLER://127.0.0.1:19298");
  const protocols = new Map(
    String(overrides["listener.security.protocol.map"])
      .split(",")
      .map((entry) => entry.split(":") as [string, string]),
  );
  for (const listener of listeners) expect(protocols.has(listener.split("://")[0] ?? "")).toBe(true);
  expect(new Set(listeners.map((listener) => listener.split(":").at(-1))).size).toBe(listeners.length);
});

test("what a secured node says of itself wins over what every node says", () => {
  const node = { nodeId: 1, role: "both", brokers: 1, port: 19292, controllerPort: 19298, dataDirectory: "/data" } as const;
  const lines = renderKafkaProperties({ ...node, overrides }).split("\n");
  expect(lines.filter((line) => line.startsWith("listeners="))).toEqual([`listeners=${String(overrides["listeners"])}`]);
});

test("each user is known to both kinds of SCRAM", () => {
  expect(scramParameters().filter((word) => word !== "--add-scram")).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^SCRAM-SHA-256=\[name=admin,/) as unknown,
      expect.stringMatching(/^SCRAM-SHA-512=\[name=bob,/) as unknown,
    ]),
  );
  expect(scramParameters()).toHaveLength(12);
});
