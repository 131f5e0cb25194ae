import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import type { SecurityOptions } from "@millrace/config";
import type { Finding } from "@millrace/core";
import { platformatic } from "@millrace/driver-platformatic";
import { type EmbeddedKafka, type EmbeddedKafkaOptions, startEmbeddedKafka } from "@millrace/embedded-kafka";
import { advertisedAddresses, authentication, createNetworkView, encryption, reachableBrokers } from "@millrace/kafka/checks";
import { errorCodes } from "@millrace/protocol";
import { string } from "@millrace/serdes";
import { makeCertificate, startTcpProxy, unreachableBrokers, waitFor } from "@millrace/testing";
import { defineTopic } from "@millrace/topics";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { connectionOf } from "./support/connection-of.ts";
import { startStranger, startTlsDoor } from "./support/doors.ts";
import { examine } from "./support/examine.ts";

const checks = [reachableBrokers, advertisedAddresses, encryption, authentication];
const orders = defineTopic({ name: "orders", key: string(), value: string() });
const password = "hunter2-planted";

const authority = makeCertificate("authority");
const server = makeCertificate("server", { authority, host: "127.0.0.1" });

async function start(options: EmbeddedKafkaOptions = {}): Promise<EmbeddedKafka> {
  const broker = await startEmbeddedKafka(options);
  onTestFinished(() => broker.close());
  return broker;
}

/** A broker behind a TLS listener, which it tells clients to connect to. */
async function startBehindTls(
  certificate = server,
  clients?: { readonly cert: string },
): Promise<{ broker: EmbeddedKafka; address: string }> {
  const broker = await start();
  const { cert, key } = certificate;
  const door = await startTlsDoor(broker.port, {
    cert,
    key,
    ...(clients && { ca: clients.cert, requestCert: true, rejectUnauthorized: true }),
  });
  broker.engine.nodeMoved(1, { host: "127.0.0.1", port: door.port });
  return { broker, address: door.address };
}

/** A file for as long as the test runs. */
async function pemFile(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "doctor-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "given.pem");
  await writeFile(file, text);
  return file;
}

const problems = (findings: readonly Finding[]): readonly string[] => findings.map(({ problem, subject }) => `${problem} of ${subject}`);

test("nothing is found where every server is a broker that is spoken to as it wants, in clear and with TLS", async () => {
  const clear = connectionOf((await start({ nodes: 3 })).brokers);
  const { address } = await startBehindTls();
  const encrypted = connectionOf([address], { protocol: "SSL", caFile: await pemFile(authority.cert) });
  for (const connection of [clear, encrypted]) {
    for (const check of checks) expect(await examine(check, { connection, topics: [orders] })).toEqual([]);
  }
});

test("finds broker-unreachable: nobody listens, the name is unknown, something else answers, or nothing at all", async () => {
  const [free = ""] = await unreachableBrokers();
  const web = await startStranger((client) => client.once("data", () => client.end("HTTP/1.1 400 Bad Request\r\n\r\n")));
  const shell = await startStranger((client) => client.write("SSH-2.0-OpenSSH_9.2\r\n"));
  const noise = await startStranger((client) => client.write(Buffer.alloc(4096, 0x01)));
  const closing = await startStranger((client) => client.destroy());
  const silent = await startStranger(() => {});
  const findings = await examine(reachableBrokers, {
    connection: connectionOf([
      free,
      web.address,
      shell.address,
      noise.address,
      closing.address,
      silent.address,
      "no-such-host.invalid:9092",
    ]),
    timeoutMs: 700,
  });
  expect(new Set(findings.map(({ problem, severity }) => `${problem} ${severity}`))).toEqual(new Set(["broker-unreachable error"]));
  const told = findings.map(({ message }) => /connection\.brokers (.*), and none/.exec(message)?.[1]);
  expect(told).toEqual([
    "refuses connections (ECONNREFUSED)",
    "speaks HTTP, not Kafka's protocol",
    "speaks SSH, not Kafka's protocol",
    "answers, but not as a Kafka broker does",
    "ends connections",
    "takes connections, and does not answer within 700 ms",
    expect.stringMatching(/^has a name that (nobody knows \(ENOTFOUND|cannot be looked up now \(EAI_AGAIN)\)$/),
  ]);
  // A broker that hangs takes connections too, and says as little as what is none.
  const overloaded = findings.filter(({ fix }) => fix.includes("overloaded")).map(({ message }) => message);
  expect(overloaded).toEqual([expect.stringContaining(" does not answer within 700 ms")]);
});

test("a broker that answers slowly or in pieces is no stranger", async () => {
  const broker = await start();
  const proxy = await startTcpProxy({ target: { host: "127.0.0.1", port: broker.port } });
  onTestFinished(() => proxy.close());
  broker.engine.nodeMoved(1, { host: "127.0.0.1", port: proxy.port });
  proxy.latency(30);
  proxy.trickle(200, 1);
  const connection = connectionOf([`127.0.0.1:${proxy.port}`]);
  for (const check of checks) expect(await examine(check, { connection, timeoutMs: 5_000 })).toEqual([]);
});

test("finds broker-down: one of three is away, which holds replicas, and what it led alone cannot be read", async () => {
  const topics = [3, 1].map((replicationFactor) => ({
    name: replicationFactor === 3 ? "orders" : "alone",
    partitions: 3,
    replicationFactor,
  }));
  const broker = await start({ nodes: 3, topics });
  await broker.stopNode(2);
  const connection = connectionOf(broker.brokers);
  const [finding, ...others] = await examine(reachableBrokers, { connection, topics: [orders] });
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    problem: "broker-down",
    severity: "warning",
    subject: `broker ${broker.brokers[1]}`,
    message: expect.stringContaining("refuses connections (ECONNREFUSED), while another one answers.") as unknown,
    evidence: { address: broker.brokers[1], code: "ECONNREFUSED", missingBrokers: ["2"], partitionsWithoutLeader: [] },
  });
  for (const check of [advertisedAddresses, encryption, authentication]) expect(await examine(check, { connection })).toEqual([]);
  // The configuration need not name it.
  const partly = connectionOf([broker.brokers[0]!]);
  expect(problems(await examine(reachableBrokers, { connection: partly, topics: [orders] }))).toEqual(["broker-down of broker 2"]);

  const alone = defineTopic({ name: "alone", key: string(), value: string() });
  const [loss] = await examine(reachableBrokers, { connection: partly, topics: [alone] });
  expect(loss).toMatchObject({
    severity: "error",
    message: expect.stringContaining("Nobody leads 1 of the declared partitions") as unknown,
    evidence: { partitionsWithoutLeader: [expect.stringMatching(/^alone-[0-2]$/) as unknown] },
  });
  await broker.startNode(2);
  expect(await examine(reachableBrokers, { connection, topics: [orders, alone] })).toEqual([]);
});

test("finds advertised-address-unreachable: brokers tell an address that only they know", async () => {
  const broker = await start({ nodes: 2 });
  const [free = ""] = await unreachableBrokers();
  broker.engine.nodeMoved(2, { host: "127.0.0.1", port: Number(free.split(":")[1]) });
  const connection = connectionOf([broker.brokers[0]!]);
  const findings = await examine(advertisedAddresses, { connection });
  expect(findings).toMatchObject([
    {
      problem: "advertised-address-unreachable",
      severity: "error",
      subject: "broker 2",
      message: `Broker 2 tells clients to connect to ${free}, which refuses connections (ECONNREFUSED).`,
      evidence: { id: 2, address: free, code: "ECONNREFUSED" },
    },
  ]);
  expect(await examine(reachableBrokers, { connection })).toEqual([]);
  // All of them, as with a container that names itself.
  for (const id of [1, 2]) broker.engine.nodeMoved(id, { host: `kafka-${id}.invalid`, port: 9092 });
  expect(problems(await examine(advertisedAddresses, { connection, timeoutMs: 5_000 }))).toEqual([
    "advertised-address-unreachable of broker 1",
    "advertised-address-unreachable of broker 2",
  ]);
});

test("finds advertised-address-unreachable where the client itself gets no further, and whatever brokers tell", async () => {
  const broker = await start({ nodes: 3 });
  const silent = await startStranger(() => {});
  const connection = connectionOf([broker.brokers[0]!]);
  broker.engine.nodeMoved(1, { host: "127.0.0.1", port: silent.port });
  broker.engine.nodeMoved(2, { host: "", port: 9092 });
  broker.engine.nodeMoved(3, { host: "127.0.0.1", port: 70_000 });
  const findings = await examine(advertisedAddresses, { connection, timeoutMs: 500 });
  expect(findings.map(({ message }) => message.replace(/\d{4,5},/, "port,"))).toEqual([
    "Broker 1 tells clients to connect to 127.0.0.1:port, which takes connections, and does not answer within 500 ms.",
    "Broker 2 tells clients to connect to :port, which is no address of a host and a port.",
    "Broker 3 tells clients to connect to 127.0.0.1:port, which is no address of a host and a port.",
  ]);
});

test("whatever answers, and whatever an address is, a probe ends in time, with an answer, and leaves no connection", async () => {
  let answer: readonly Uint8Array[] = [];
  let isEnding = false;
  const open = new Set<Socket>();
  const stranger = await startStranger((client) => {
    open.add(client.once("close", () => open.delete(client)));
    client.on("data", () => {
      for (const chunk of answer) client.write(chunk);
      if (isEnding) client.end();
    });
  });
  // As a frame with the number of the question, or without either.
  const framed = fc.uint8Array({ maxLength: 60 }).map((body) => {
    const head = Buffer.alloc(8);
    head.writeInt32BE(body.length + 4, 0);
    head.writeInt32BE(1, 4);
    return Buffer.concat([head, body]);
  });
  const protocols = ["PLAINTEXT", "SSL", "SASL_PLAINTEXT"] as const;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(framed, fc.uint8Array({ maxLength: 60 })), { maxLength: 3 }),
      fc.boolean(),
      fc.constantFrom(...protocols),
      async (chunks, ends, protocol) => {
        [answer, isEnding] = [chunks, ends];
        const connection = connectionOf([stranger.address], { protocol, mechanism: "PLAIN" });
        const beganAt = performance.now();
        const { found } = await createNetworkView({ connection, timeoutMs: 40 }).probe(stranger.address);
        expect(performance.now() - beganAt).toBeLessThan(5_000);
        // On a busy machine the connection itself may take longer.
        expect(["stranger", "broker", "nobody"]).toContain(found);
      },
    ),
    { numRuns: 60 },
  );
  await waitFor(() => open.size === 0);
  const network = createNetworkView({ connection: connectionOf([]), timeoutMs: 40 });
  for (const address of [
    "",
    ":",
    "::",
    ":9092",
    "h:",
    "h:0",
    "h:65536",
    "h:1e3",
    "h:-1",
    "a b:1",
    "h\0:1",
    "[::1:x",
    "é:1",
    `${"h".repeat(300)}:1`,
  ]) {
    expect((await network.probe(address)).found, address).toBe("nobody");
  }
});

test("a cluster on IPv6 is looked at as any other", async () => {
  const hasIpv6 = Object.values(networkInterfaces()).some((networks) => networks?.some(({ address }) => address === "::1"));
  const broker = await start({ nodes: 2, host: hasIpv6 ? "::1" : "127.0.0.1" });
  const connection = connectionOf(broker.brokers);
  expect(broker.brokers[0]).toMatch(hasIpv6 ? /^\[::1\]:/ : /^127/);
  for (const check of checks) expect(await examine(check, { connection, make: platformatic })).toEqual([]);
  await broker.stopNode(2);
  expect(problems(await examine(reachableBrokers, { connection, make: platformatic }))).toEqual([
    `broker-down of broker ${broker.brokers[1]}`,
  ]);
});

test("finds tls-on-plain-port, and plaintext-on-tls-port", async () => {
  const plain = await start();
  const { address } = await startBehindTls();
  const encrypted = connectionOf(plain.brokers, { protocol: "SSL", caFile: await pemFile(authority.cert) });
  const findings = [
    ...(await examine(encryption, { connection: encrypted })),
    ...(await examine(encryption, { connection: connectionOf([address]) })),
  ];
  expect(problems(findings)).toEqual([`tls-on-plain-port of broker ${plain.brokers[0]}`, `plaintext-on-tls-port of broker ${address}`]);
  for (const { severity } of findings) expect(severity).toBe("error");
  // It is there, it is only spoken to in the wrong way.
  expect(await examine(reachableBrokers, { connection: encrypted })).toEqual([]);
});

/** Lets a broker ask for PLAIN, and know one password. */
function demandLogin(broker: EmbeddedKafka, known: string): void {
  broker.intercept("SaslHandshake", ({ body }) => ({
    errorCode: body.mechanism === "PLAIN" ? errorCodes.NONE : errorCodes.UNSUPPORTED_SASL_MECHANISM,
    mechanisms: ["PLAIN"],
  }));
  broker.intercept("SaslAuthenticate", ({ body }) => {
    const isKnown = body.authBytes.toString("utf8").endsWith(`\0${known}`);
    return isKnown
      ? { errorCode: errorCodes.NONE }
      : { errorCode: errorCodes.SASL_AUTHENTICATION_FAILED, errorMessage: "Authentication failed: Invalid username or password" };
  });
}

test("finds authentication-failed: wrong password, another mechanism, no login where one is wanted, one where none is", async () => {
  const broker = await start();
  const sasl = (mechanism: "PLAIN" | "SCRAM-SHA-512") =>
    connectionOf(broker.brokers, { protocol: "SASL_PLAINTEXT", mechanism, username: "user", password });
  expect((await examine(authentication, { connection: sasl("PLAIN") }))[0]?.message).toContain("knows none at this address");
  demandLogin(broker, "the right one");
  const wrong = await examine(authentication, { connection: sasl("PLAIN") });
  expect(wrong).toMatchObject([
    {
      problem: "authentication-failed",
      severity: "error",
      subject: "connection",
      message: expect.stringMatching(/refuse the login: .*the broker did not accept the SASL credentials/) as unknown,
      evidence: { mechanism: "PLAIN", username: "user" },
    },
  ]);
  const other = await examine(authentication, { connection: sasl("SCRAM-SHA-512") });
  expect(other).toMatchObject([{ problem: "authentication-failed", evidence: { offered: ["PLAIN"] } }]);
  broker.faults.drop("Metadata");
  const none = await examine(authentication, { connection: connectionOf(broker.brokers) });
  expect(none[0]?.message).toContain("ends connections that do not log in");
  expect(JSON.stringify([wrong, other, none])).not.toContain(password);
  broker.faults.clear();
  demandLogin(broker, password);
  for (const check of checks) expect(await examine(check, { connection: sasl("PLAIN") })).toEqual([]);
});

test("finds authentication-failed: certificates of either side that the other does not accept", async () => {
  const caFile = await pemFile(authority.cert);
  const examineTls = async (address: string, files: object = { caFile }): Promise<Finding | undefined> => {
    const [finding, ...others] = await examine(authentication, { connection: connectionOf([address], { protocol: "SSL", ...files }) });
    expect(others).toEqual([]);
    return finding;
  };
  const failed = { problem: "authentication-failed", severity: "error" };

  const elsewhere = await startBehindTls(makeCertificate("elsewhere", { authority, host: "elsewhere.example" }));
  expect(await examineTls(elsewhere.address)).toMatchObject({
    ...failed,
    subject: `broker ${elsewhere.address}`,
    evidence: { refused: "certificate", code: "ERR_TLS_CERT_ALTNAME_INVALID" },
    fix: expect.stringContaining("Connect to a name that the certificate holds") as unknown,
  });
  expect(await examineTls(elsewhere.address, { caFile, checkHostname: false })).toBeUndefined();

  const expired = await startBehindTls(makeCertificate("server", { authority, host: "127.0.0.1", validUntil: new Date("2021-01-01") }));
  expect(await examineTls(expired.address)).toMatchObject({ ...failed, evidence: { code: "CERT_HAS_EXPIRED" } });

  const good = await startBehindTls();
  expect(await examineTls(good.address, {})).toMatchObject({ ...failed, fix: expect.stringContaining("Set caFile") as unknown });

  const guarded = await startBehindTls(server, authority);
  expect(await examineTls(guarded.address)).toMatchObject({
    ...failed,
    evidence: { refused: "client" },
    fix: expect.stringContaining("certificateFile and keyFile") as unknown,
  });
  const client = makeCertificate("client", { authority });
  const [certificateFile, keyFile] = [await pemFile(client.cert), await pemFile(client.key)];
  expect(await examineTls(guarded.address, { caFile, certificateFile, keyFile })).toBeUndefined();
});

test("PEM files that cannot be used are told, without what stands in them", async () => {
  const keyFile = await pemFile(`-----BEGIN PRIVATE KEY-----\n${password}\n-----END PRIVATE KEY-----`);
  const probe = async (security: Partial<SecurityOptions>): Promise<string> => {
    const network = createNetworkView({ connection: connectionOf([], { protocol: "SSL", ...security }), timeoutMs: 100 });
    return await network.probe("127.0.0.1:1").then(String, String);
  };
  expect(await probe({ caFile: "/nowhere/ca.pem" })).toContain("caFile cannot be read (ENOENT)");
  const unusable = await probe({ keyFile });
  expect(unusable).toContain("its PEM files cannot be used");
  expect(unusable).not.toContain(password);
});
