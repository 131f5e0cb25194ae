import { inspect } from "node:util";
import { silentLogger, systemClock } from "@millrace/core";
import { Admin, Consumer, Producer } from "@platformatic/kafka";
import { expect, test } from "vitest";
import { connectionSettings } from "./connection-settings.ts";
import { platformatic } from "./platformatic.ts";
import type { PlatformaticOptions } from "./platformatic-options.ts";

const context = { clientId: "test", logger: silentLogger, clock: systemClock, random: Math.random };
const sasl = { mechanism: "PLAIN", username: "user", password: "hunter2" } as const;

test("every problem of the options is told at once", () => {
  const options = {
    brokers: ["127.0.0.1", "a:1", "a:0", "a:70000", 7, "[::1]:9092"],
    tls: "yes",
    sasl: { mechanism: "PLAIN", username: "" },
    connectionTimeoutMs: 0,
    requestTimeoutMs: 1.5,
  } as unknown as PlatformaticOptions;
  const told = (() => {
    try {
      platformatic(options);
      return [];
    } catch (error) {
      return (error as { problems: string[] }).problems;
    }
  })();
  expect(
    told.map((problem) =>
      problem
        .split('"')
        .slice(1, problem.startsWith('"brokers"') ? 4 : 2)
        .join(""),
    ),
  ).toEqual([
    "brokers: 127.0.0.1",
    "brokers: a:0",
    "brokers: a:70000",
    "brokers: 7",
    "tls",
    "sasl.username",
    "sasl.password",
    "connectionTimeoutMs",
    "requestTimeoutMs",
  ]);
});

test.each([
  [{ brokers: [] }, /at least one address/],
  [{}, /at least one address/],
  [{ brokers: ["a:1"], sasl: { ...sasl, mechanism: "GSSAPI" } }, /"GSSAPI" \(Kerberos\) is not supported/],
  [{ brokers: ["a:1"], sasl: null }, /"sasl" must be an object/],
  [{ brokers: ["a:1"], sasl: { mechanism: "OAUTHBEARER" } }, /"sasl.token"/],
])("options %j are refused at construction, and no secret is shown", (options, message) => {
  expect(() => platformatic(options as unknown as PlatformaticOptions)).toThrow(message);
  expect(() => platformatic(options as unknown as PlatformaticOptions)).not.toThrow(/hunter2/);
});

test("a driver and its connection show no secret, however they are looked at", async () => {
  const driver = platformatic({ brokers: ["a:1"], sasl });
  const connection = driver.connect(context);
  for (const shown of [driver, connection]) {
    expect(inspect(shown, { depth: 10, showHidden: true })).not.toContain("hunter2");
    expect(JSON.stringify(shown)).not.toContain("hunter2");
  }
  await connection.close();
});

test("addresses are those of the list, of the given client whatever it is, and IPv6 ones lose their brackets", async () => {
  expect(connectionSettings({ brokers: ["a:1", "[::1]:2"] }, "usual")).toMatchObject({
    clientId: "usual",
    addresses: [
      { host: "a", port: 1 },
      { host: "::1", port: 2 },
    ],
  });
  const base = { clientId: "own", bootstrapBrokers: ["a:1", "b:2", "c"], sasl, requestTimeout: 5 };
  for (const client of [new Producer(base), new Consumer({ ...base, groupId: "g" }), new Admin(base)]) {
    const settings = connectionSettings({ client }, "usual");
    expect(settings).toMatchObject({
      clientId: "own",
      addresses: [
        { host: "a", port: 1 },
        { host: "b", port: 2 },
        { host: "c", port: 9092 },
      ],
    });
    expect(settings.optionsFor("a")).toMatchObject({ sasl, ownerId: client.instanceId });
    expect(settings.optionsFor("a").requestTimeout).toBeGreaterThan(1e9);
    await client.close();
  }
});

test("TLS sends the name of the host along, but no address, and options win", () => {
  const optionsFor = (host: string, tls: PlatformaticOptions["tls"]) =>
    connectionSettings({ brokers: ["a:1"], ...(tls === undefined ? {} : { tls }) }, "c").optionsFor(host).tls;
  expect(optionsFor("kafka.internal", true)).toEqual({ servername: "kafka.internal" });
  expect(optionsFor("127.0.0.1", true)).toEqual({});
  expect(optionsFor("kafka.internal", { servername: "other", ca: "x" })).toEqual({ servername: "other", ca: "x" });
  expect(optionsFor("kafka.internal", undefined)).toBe(undefined);
});

test("a client that is none of @platformatic/kafka is refused", () => {
  for (const client of [{ clientId: "a", instanceId: 1 }, { [Symbol("plt.kafka.base.options")]: {} }]) {
    expect(() => platformatic({ client } as unknown as PlatformaticOptions)).toThrow(/2\.12\.1/);
  }
});

test("a closed connection makes nothing any more, and closing twice is harmless", async () => {
  const connection = platformatic({ brokers: ["127.0.0.1:1"] }).connect(context);
  await connection.close();
  await connection.close();
  await expect(connection.createAdmin()).rejects.toMatchObject({ code: "CLOSED" });
});
