import { createServer } from "node:net";
import { createLogger, InvalidOptionsError, type LogEntry, type SaslSettings, silentLogger, systemClock } from "@millrace/core";
import kafkajsPackage from "kafkajs";
import { expect, test } from "vitest";
import { kafkajs } from "./kafkajs.ts";

const context = { clientId: "test", logger: silentLogger, clock: systemClock, random: Math.random };

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test("every problem of the options is told at once", () => {
  const options = { brokers: ["127.0.0.1", "a:1"], connectionTimeoutMs: 0, requestTimeoutMs: 1.5 };
  expect(() => kafkajs(options)).toThrow(/"127.0.0.1" is not "host:port".*connectionTimeoutMs.*requestTimeoutMs/);
  expect(() => kafkajs({ brokers: [] })).toThrow(/at least one address/);
});

test.each(["GSSAPI", "plain"])("the mechanism %s is refused at construction, with what there is, and no secret is shown", (mechanism) => {
  const sasl = { mechanism, username: "u", password: "hunter2" } as unknown as SaslSettings;
  const make = () => kafkajs({ brokers: ["a:1"], sasl });
  expect(make).toThrow(InvalidOptionsError);
  expect(make).toThrow(/SCRAM-SHA-512, OAUTHBEARER/);
  expect(make).not.toThrow(/hunter2/);
});

test("no broker of the list is reachable: one error that names them, within the deadline", async () => {
  const brokers = [`127.0.0.1:${await closedPort()}`, `127.0.0.1:${await closedPort()}`];
  const connection = kafkajs({ brokers, connectionTimeoutMs: 500 }).connect(context);
  const startedAt = performance.now();
  await expect(connection.createAdmin()).rejects.toMatchObject({
    name: "KafkaError",
    code: "KAFKA_UNREACHABLE",
    retryable: true,
    message: expect.stringContaining(brokers.join(", ")) as unknown,
  });
  expect(performance.now() - startedAt).toBeLessThan(1_500);
  await connection.close();
});

test("a port that accepts and never answers is unreachable too", async () => {
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer((socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const connection = kafkajs({ brokers: [`127.0.0.1:${port}`], connectionTimeoutMs: 400, requestTimeoutMs: 400 }).connect(context);
  await expect(connection.createAdmin()).rejects.toMatchObject({ code: "KAFKA_UNREACHABLE" });
  await connection.close();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

test("kafkajs's own lines go to the connection's logger; failed attempts to connect are no warnings, as the caller hears of them", async () => {
  const lines: LogEntry[] = [];
  const logger = createLogger({ level: "debug", write: (entry) => lines.push(entry) });
  const connection = kafkajs({ brokers: [`127.0.0.1:${await closedPort()}`], connectionTimeoutMs: 100 }).connect({ ...context, logger });
  await expect(connection.createAdmin()).rejects.toThrow();
  await connection.close();
  expect(lines.some(({ message }) => message.startsWith("kafkajs: "))).toBe(true);
  expect(lines.filter(({ level }) => level !== "debug")).toEqual([]);
});

test("a closed connection makes nothing any more, and closing twice is harmless", async () => {
  const connection = kafkajs({ brokers: ["127.0.0.1:1"] }).connect(context);
  await connection.close();
  await connection.close();
  await expect(connection.createAdmin()).rejects.toMatchObject({ code: "CLOSED" });
});

test("the deadline holds although a given client repeats by itself, and closing leaves nothing that goes on", async () => {
  const brokers = [`127.0.0.1:${await closedPort()}`];
  const client = new kafkajsPackage.Kafka({
    brokers,
    logLevel: kafkajsPackage.logLevel.NOTHING,
    retry: { retries: 50, initialRetryTime: 50 },
  });
  const connection = kafkajs({ client, connectionTimeoutMs: 300 }).connect(context);
  const startedAt = performance.now();
  await expect(connection.createAdmin()).rejects.toMatchObject({ code: "KAFKA_UNREACHABLE" });
  await connection.close();
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});

test("what is being connected when the connection closes is told so", async () => {
  const connection = kafkajs({ brokers: [`127.0.0.1:${await closedPort()}`] }).connect(context);
  const admin = connection.createAdmin();
  const told = expect(admin).rejects.toMatchObject({ code: "CLOSED" });
  await connection.close();
  await told;
});

test("a client that is not kafkajs 2.2.4 is refused", async () => {
  const client = { consumer: () => ({}) } as unknown as InstanceType<typeof kafkajsPackage.Kafka>;
  const connection = kafkajs({ client }).connect(context);
  await expect(connection.createAdmin()).rejects.toMatchObject({
    code: "CAPABILITY_REFUSED",
    message: expect.stringContaining("2.2.4") as unknown,
  });
  await connection.close();
});
