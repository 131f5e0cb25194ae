import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { kafkajs } from "@millrace/driver-kafkajs";
import { startEmbeddedKafka } from "@millrace/embedded-kafka";
import { startEmbeddedRegistry } from "@millrace/embedded-registry";
import { createKafka, KafkaError } from "@millrace/kafka";
import { createSchemaRegistry } from "@millrace/schema-registry";
import { waitFor } from "@millrace/testing";
import { expect, onTestFinished, test } from "vitest";
import {
  brokerProbe,
  createHealth,
  type Health,
  type HealthHandlerOptions,
  healthHandler,
  type Probe,
  type ProbeAnswer,
  registryProbe,
  runtimeProbe,
} from "../src/index.ts";

/** Serves health; asks for a path. */
async function serve(health: Health, options?: HealthHandlerOptions, next?: () => string) {
  const handler = healthHandler(health, options);
  const server = createServer((request, response) => handler(request, response, next && (() => response.end(next()))));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    await health.close();
    server.close();
    await once(server, "close");
  });
  const { port } = server.address() as AddressInfo;
  return async (path: string, method = "GET") => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers: { connection: "close" } });
    const text = await response.text();
    return {
      status: response.status,
      text,
      body: text.startsWith("{") ? (JSON.parse(text) as unknown) : undefined,
      headers: response.headers,
    };
  };
}

function fixed(name: string, answer: ProbeAnswer): Probe {
  return { name, judgesLiveness: true, check: () => answer };
}

const well: ProbeAnswer = { ready: true, live: true, reasons: [] };

test("the broker is asked for real: ready while it answers, not ready when it is gone, and live all the time", async () => {
  const broker = await startEmbeddedKafka();
  onTestFinished(() => broker.close());
  const kafka = createKafka({ driver: kafkajs({ brokers: broker.brokers }) });
  onTestFinished(() => kafka.close());
  const health = createHealth({ probes: [brokerProbe({ kafka })], keepMs: 0, timeoutMs: 1_000, waitMs: 2_000 });
  const ask = await serve(health);
  expect(await ask("/startupz")).toMatchObject({
    status: 200,
    body: { status: "up", probes: [{ name: "broker", status: "up", reasons: [] }] },
  });
  expect((await ask("/readyz")).status).toBe(200);
  await broker.close();
  await waitFor(async () => (await ask("/readyz")).status === 503, { timeoutMs: 20_000, what: "the broker is missed" });
  const { body } = await ask("/readyz");
  expect(body).toMatchObject({
    status: "down",
    probes: [{ reasons: [{ code: expect.stringMatching(/^(broker-unreachable|probe-timed-out)$/) }] }],
  });
  expect((await ask("/livez")).status).toBe(200);
  expect((await ask("/startupz")).status).toBe(200);
});

test("the registry is asked for real", async () => {
  const registry = await startEmbeddedRegistry();
  onTestFinished(() => registry.close());
  const client = createSchemaRegistry({ url: registry.url });
  onTestFinished(() => client.close());
  await using health = createHealth({ probes: [registryProbe({ registry: client })], keepMs: 0, waitMs: 6_000 });
  expect((await health.readiness()).isUp).toBe(true);
  await registry.close();
  expect(await health.readiness()).toMatchObject({
    isUp: false,
    probes: [{ name: "registry", reasons: [{ code: "registry-unreachable" }] }],
  });
  expect((await health.liveness()).isUp).toBe(true);
});

test("a runtime tells how it is", async () => {
  let answer: ProbeAnswer = well;
  await using health = createHealth({ probes: [runtimeProbe({ runtime: { health: () => answer } })], keepMs: 0 });
  expect((await health.readiness()).isUp).toBe(true);
  answer = { ready: false, live: true, reasons: [{ code: "stopping", message: "it stops" }] };
  expect([(await health.readiness()).isUp, (await health.liveness()).isUp]).toEqual([false, true]);
  answer = { ready: false, live: false, reasons: [{ code: "halted", message: "it was stopped by a failure" }] };
  expect([(await health.readiness()).isUp, (await health.liveness()).isUp]).toEqual([false, false]);
});

test("an error is shown by name, code and message, and by nothing else", async () => {
  const error = new KafkaError({
    code: "KAFKA_UNREACHABLE",
    message: "no broker",
    topic: "secret-topic",
    cause: new Error("secret cause"),
  });
  const reasons = [
    { code: "dead", message: "it is dead", forMs: 5, error },
    { code: "odd", message: "it is odd", error: "a string" },
  ];
  const ask = await serve(createHealth({ probes: [fixed("consumer", { ready: false, live: false, reasons })] }));
  const { status, body, headers } = await ask("/livez?verbose");
  expect([status, headers.get("content-type"), headers.get("cache-control")]).toEqual([503, "application/json", "no-store"]);
  const shown = { name: "KafkaError", code: "KAFKA_UNREACHABLE", message: "no broker" };
  expect(body).toEqual({
    status: "down",
    probes: [
      {
        name: "consumer",
        status: "down",
        reasons: [
          { code: "dead", message: "it is dead", forMs: 5, error: shown },
          { code: "odd", message: "it is odd" },
        ],
      },
    ],
  });
});

test("paths and methods that are not served are refused, or go to the next handler", async () => {
  const health = createHealth({ probes: [fixed("all", well)] });
  const ask = await serve(health, { paths: { readiness: "/ready" } });
  expect((await ask("/ready")).status).toBe(200);
  expect((await ask("/readyz")).status).toBe(404);
  expect(await ask("/ready", "HEAD")).toMatchObject({ status: 200, text: "" });
  const refused = await ask("/ready", "POST");
  expect([refused.status, refused.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  const other = await serve(createHealth({ probes: [] }), {}, () => "the application");
  expect((await other("/orders")).text).toBe("the application");
  expect((await other("/livez")).body).toEqual({ status: "up", probes: [] });
});

test("without reasons only the status is told", async () => {
  const health = createHealth({ probes: [fixed("all", { ready: false, live: true, reasons: [{ code: "away", message: "secret" }] })] });
  const ask = await serve(health, { showsReasons: false });
  expect(await ask("/readyz")).toMatchObject({ status: 503, text: '{"status":"down"}\n' });
  await health.close();
  expect((await ask("/livez")).status).toBe(503);
});
