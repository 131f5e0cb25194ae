import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { createLogger } from "@millrace/core";
import { trace } from "@opentelemetry/api";
import { expect, onTestFinished, test, vi } from "vitest";
import { startTelemetry, type Telemetry, type TelemetryOptions } from "../src/node/index.ts";
import { openShop, orders } from "./support/shop.ts";

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What stands for a collector: it takes everything, or nothing. */
async function startCollector(status = 200): Promise<{ readonly url: string; readonly received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      received.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(parts).toString("utf8") });
      response.writeHead(status, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

async function start(options: TelemetryOptions): Promise<Telemetry> {
  const telemetry = await startTelemetry(options);
  onTestFinished(() => telemetry.close().catch(() => undefined));
  return telemetry;
}

async function sendOne(telemetry: Telemetry): Promise<void> {
  const kafka = await openShop(telemetry.instrumentation);
  await kafka.producer().send(orders, { key: "a", value: "1" });
  await kafka.close();
}

test("one call sends spans and metrics to a collector, with the resource, and closing sends what is left", async () => {
  const collector = await startCollector();
  const telemetry = await start({
    serviceName: "shop",
    resource: { "deployment.environment.name": "test" },
    otlpEndpoint: `${collector.url}/`,
    otlpHeaders: { authorization: "Bearer secret" },
  });
  await sendOne(telemetry);
  await telemetry.close();
  await telemetry.close();
  const bodies = new Map(collector.received.map(({ path, body }) => [path, body]));
  expect([...bodies.keys()].toSorted()).toEqual(["/v1/metrics", "/v1/traces"]);
  for (const { headers, body } of collector.received) {
    expect(headers.authorization).toBe("Bearer secret");
    expect(body).toContain('"service.name"');
    expect(body).toContain('"shop"');
    expect(body).toContain('"deployment.environment.name"');
  }
  expect(bodies.get("/v1/traces")).toContain('"send orders"');
  expect(bodies.get("/v1/metrics")).toContain('"messaging.client.sent.messages"');
});

test("the page has the metrics under Prometheus' names, in its format, and nothing else is served", async () => {
  const telemetry = await start({ serviceName: "shop", prometheusPort: 0 });
  await sendOne(telemetry);
  const page = await fetch(telemetry.prometheusUrl!);
  const text = await page.text();
  expect(page.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(text).toMatch(/^messaging_client_sent_messages_total\{.*messaging_destination_name="orders".*\} 1$/m);
  expect(text).toMatch(/^# TYPE messaging_client_operation_duration_seconds histogram$/m);
  expect(text).toContain('service_name="shop"');
  const root = new URL("/", telemetry.prometheusUrl!);
  expect((await fetch(root)).status).toBe(404);
  expect((await fetch(telemetry.prometheusUrl!, { method: "POST" })).status).toBe(405);
  await telemetry.close();
  await expect(fetch(telemetry.prometheusUrl!)).rejects.toThrow();
});

test("a port that is taken fails the start, which leaves nothing behind", async () => {
  const first = await start({ prometheusPort: 0 });
  const port = Number(new URL(first.prometheusUrl!).port);
  await first.close();
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(port, "127.0.0.1", resolve));
  await expect(startTelemetry({ prometheusPort: port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  await new Promise((resolve) => blocker.close(resolve));
  const second = await start({ prometheusPort: port });
  expect((await fetch(second.prometheusUrl!)).status).toBe(200);
});

test.each([
  ["refuses everything for now", 503],
  ["refuses everything for good", 400],
])("a collector that %s neither holds closing up for longer than it may nor fails it, and the logger is told", async (_, status) => {
  const collector = await startCollector(status);
  const lines: string[] = [];
  const logger = createLogger({ write: ({ message }) => lines.push(message) });
  const telemetry = await start({ otlpEndpoint: collector.url, closeTimeoutMs: 50, logger });
  trace.getTracer("application").startSpan("one").end();
  await telemetry.close();
  expect(lines.length).toBeGreaterThan(0);
});

test("a collector that never answers holds neither closing nor the process for longer than closing may take", async () => {
  let open = 0;
  const server = createServer(() => undefined);
  server.on("connection", (socket) => {
    open++;
    socket.on("close", () => open--);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const lines: string[] = [];
  const logger = createLogger({ write: ({ message }) => lines.push(message) });
  const otlpEndpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const telemetry = await start({ otlpEndpoint, closeTimeoutMs: 200, logger });
  await sendOne(telemetry);
  await telemetry.close();
  expect(lines.length).toBeGreaterThan(0);
  // OpenTelemetry's exporters would wait for ten seconds.
  await vi.waitUntil(() => open === 0, { timeout: 8_000 });
});

test("what is wrong with spans is said before anything is started", async () => {
  const first = await start({ prometheusPort: 0 });
  const prometheusPort = Number(new URL(first.prometheusUrl!).port);
  await first.close();
  const bad = startTelemetry({ prometheusPort, spans: "all" as "batch", conversationHeader: "", sampleRatio: 2 });
  await expect(bad).rejects.toMatchObject({
    problems: [
      "spans must be one of batch, message, none, not all",
      "conversationHeader must not be empty",
      "sampleRatio must be a number from 0 to 1, not 2",
    ],
  });
  expect((await fetch((await start({ prometheusPort })).prometheusUrl!)).status).toBe(200);
});

test("the name of the service may stand in the resource", async () => {
  const telemetry = await start({ prometheusPort: 0, resource: { "service.name": "shop", "service.version": "1.2" } });
  const page = await (await fetch(telemetry.prometheusUrl!)).text();
  expect(page).toMatch(/^target_info\{service_name="shop",service_version="1.2",.*\} 1$/m);
});

test("sampleRatio 0 keeps no trace that begins here", async () => {
  const collector = await startCollector();
  const telemetry = await start({ otlpEndpoint: collector.url, sampleRatio: 0 });
  await sendOne(telemetry);
  await telemetry.close();
  expect(collector.received.map(({ path }) => path)).toEqual(["/v1/metrics"]);
});

test("every bad option is named at once, an address with a password not shown", async () => {
  const bad = startTelemetry({ otlpEndpoint: "ftp://user:hunter2@host", sampleRatio: 2, prometheusPort: -1, serviceName: "" });
  await expect(bad).rejects.toMatchObject({
    code: "INVALID_OPTIONS",
    problems: [
      "prometheusPort must be a whole number from 0 to 65535, not -1",
      "sampleRatio must be a number from 0 to 1, not 2",
      "otlpEndpoint must be an address such as http://127.0.0.1:4318",
      "serviceName must not be empty",
    ],
  });
});
