import type { TransportConnection } from "@millrace/client";
import type { SaslSettings } from "@millrace/core";
import { errorCodes } from "@millrace/protocol";
import { waitFor } from "@millrace/testing";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { connectionSettings } from "../src/connection-settings.ts";
import { createPlatformaticTransport } from "../src/platformatic-transport.ts";
import { type SaslAnswer, type SaslBroker, startSaslBroker } from "./sasl-broker.ts";
import { watchLongTimers } from "./watch-long-timers.ts";

const metadata = { api: "Metadata", version: 12, body: { topics: null }, expectAnswer: true } as const;
const plain = { mechanism: "PLAIN", username: "user", password: "hunter2" } as const;
const cleanUp: (() => Promise<void> | void)[] = [];
let longTimers: () => number;
beforeEach(() => {
  longTimers = watchLongTimers();
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const undo of cleanUp.splice(0).reverse()) await undo();
});

async function saslBroker(options: Parameters<typeof startSaslBroker>[0]): Promise<SaslBroker> {
  const broker = await startSaslBroker(options);
  cleanUp.push(() => broker.close());
  return broker;
}

async function open(broker: SaslBroker, sasl: SaslSettings, signal = new AbortController().signal): Promise<TransportConnection> {
  const settings = connectionSettings({ brokers: [`127.0.0.1:${broker.port}`], sasl }, "test");
  const connection = await createPlatformaticTransport(settings).open(broker, { signal });
  cleanUp.push(() => connection.close());
  return connection;
}

test("a connection is open when its credentials were accepted; functions give them anew for each", async () => {
  const broker = await saslBroker({ answer: () => ({}), mechanisms: ["PLAIN", "OAUTHBEARER"] });
  expect((await open(broker, plain)).isOpen).toBe(true);
  let tokens = 0;
  const sasl: SaslSettings = {
    mechanism: "OAUTHBEARER",
    token: async () => {
      tokens += 1;
      return `token-${tokens}`;
    },
    extensions: { tenant: "a" },
  };
  await (await open(broker, sasl)).exchange(metadata);
  await (await open(broker, sasl)).exchange(metadata);
  expect(broker.credentials).toEqual([
    "\0user\0hunter2",
    "n,,\u0001auth=Bearer token-1\u0001tenant=a\u0001\u0001",
    "n,,\u0001auth=Bearer token-2\u0001tenant=a\u0001\u0001",
  ]);
});

test("credentials that are refused do not pass, and the error shows nothing of them", async () => {
  const broker = await saslBroker({ answer: () => ({ errorCode: errorCodes.SASL_AUTHENTICATION_FAILED }) });
  const error: unknown = await open(broker, plain).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "KAFKA_AUTHENTICATION_FAILED", kafkaError: "SASL_AUTHENTICATION_FAILED", retryable: false });
  expect(String(error)).not.toContain("hunter2");
  await waitFor(() => broker.sockets.size === 0);
});

test("a mechanism that the broker does not have is told by name", async () => {
  const broker = await saslBroker({ answer: () => ({}), mechanisms: ["SCRAM-SHA-512"] });
  await expect(open(broker, plain)).rejects.toMatchObject({
    code: "KAFKA_AUTHENTICATION_FAILED",
    kafkaError: "UNSUPPORTED_SASL_MECHANISM",
    retryable: false,
  });
});

test.each<readonly [string, () => unknown, string]>([
  ["rejects", () => Promise.reject(new Error("the token service is away")), "the token service is away"],
  [
    "throws",
    () => {
      throw new Error("no network");
    },
    "no network",
  ],
  ["gives a number", () => 7, "no text but number"],
  ["gives an empty text", () => "", "an empty text"],
])("a function for a credential that %s fails the attempt, and may succeed later", async (_what, provide, message) => {
  const broker = await saslBroker({ answer: () => ({}), mechanisms: ["SCRAM-SHA-256"] });
  const sasl = { mechanism: "SCRAM-SHA-256", username: provide as () => string, password: "hunter2" } as const;
  await expect(open(broker, sasl)).rejects.toMatchObject({
    code: "KAFKA_AUTHENTICATION_FAILED",
    retryable: true,
    message: expect.stringContaining(message) as unknown,
  });
  await waitFor(() => broker.sockets.size === 0);
});

test.each(["nonsense", "r=x,s=,i=1", "i=4096"])(
  "a SCRAM answer %j that is none ends the connection and nothing else",
  async (authBytes) => {
    const broker = await saslBroker({ answer: () => ({ authBytes }), mechanisms: ["SCRAM-SHA-256"] });
    await expect(open(broker, { ...plain, mechanism: "SCRAM-SHA-256" })).rejects.toMatchObject({
      code: expect.stringMatching(/^KAFKA_(UNREACHABLE|AUTHENTICATION_FAILED)$/) as unknown,
    });
    await waitFor(() => broker.sockets.size === 0);
  },
);

test("a broker, or a function, that never comes to an end is left when the signal says so, with no timer", async () => {
  const broker = await saslBroker({ answer: () => "silence" });
  let asked = 0;
  const never: SaslSettings = {
    ...plain,
    password: () => {
      asked += 1;
      return new Promise<string>(() => {});
    },
  };
  for (const [sasl, begun] of [
    [plain, () => broker.credentials.length === 1],
    [never, () => asked === 1],
  ] as const) {
    const giveUp = new AbortController();
    const told = expect(open(broker, sasl, giveUp.signal)).rejects.toMatchObject({ code: "KAFKA_UNREACHABLE", retryable: true });
    await waitFor(begun);
    giveUp.abort();
    await told;
    await waitFor(() => broker.sockets.size === 0);
  }
  expect(longTimers()).toBe(0);
});

test("when a session ends, it authenticates again after what is under way, before what comes, and nothing in between", async () => {
  const lifetimes: readonly SaslAnswer[] = [{ sessionLifetimeMs: 250 }, {}];
  const broker = await saslBroker({ answer: (attempt) => lifetimes[attempt - 1] ?? {} });
  const connection = await open(broker, plain);
  broker.hold = true;
  const under = connection.exchange(metadata);
  await waitFor(() => broker.requests.at(-1) === "Metadata");
  // From here on the session's own timer decides when the next one is held back; each is answered all the same.
  const later: Promise<unknown>[] = [];
  const startedAt = performance.now();
  await waitFor(() => performance.now() - startedAt > 250);
  later.push(connection.exchange(metadata), connection.exchange(metadata));
  expect(broker.requests.filter((api) => api === "Metadata")).toHaveLength(1);
  broker.release();
  await Promise.all([under, ...later]);
  expect(broker.requests).toEqual([
    "ApiVersions",
    "SaslHandshake",
    "SaslAuthenticate",
    "Metadata",
    "SaslHandshake",
    "SaslAuthenticate",
    "Metadata",
    "Metadata",
  ]);
  expect(connection.isOpen).toBe(true);
});

test("a session that may not go on ends its connection, and what waits for it is told", async () => {
  const broker = await saslBroker({
    answer: (attempt) => (attempt === 1 ? { sessionLifetimeMs: 50 } : { errorCode: errorCodes.SASL_AUTHENTICATION_FAILED }),
  });
  const connection = await open(broker, plain);
  broker.hold = true;
  const under = connection.exchange(metadata);
  await waitFor(() => broker.requests.at(-1) === "Metadata");
  const startedAt = performance.now();
  await waitFor(() => performance.now() - startedAt > 60);
  const held = connection.exchange(metadata);
  const told = expect(held).rejects.toMatchObject({ code: "KAFKA_AUTHENTICATION_FAILED" });
  broker.release();
  await under;
  await told;
  expect(connection.isOpen).toBe(false);
  await waitFor(() => broker.sockets.size === 0);
});

test("the timer of a session ends with its connection, whoever ends it", async () => {
  const broker = await saslBroker({ answer: () => ({ sessionLifetimeMs: 10_000_000 }) });
  (await open(broker, plain)).close();
  const cut = await open(broker, plain);
  for (const socket of broker.sockets) socket.destroy();
  await waitFor(() => !cut.isOpen && broker.sockets.size === 0);
  expect(longTimers()).toBe(0);
});
