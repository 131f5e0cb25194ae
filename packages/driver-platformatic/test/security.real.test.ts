import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { type RunningSecuredKafka, sessionLifetimeMs, startSecuredKafka } from "@millrace/cluster";
import { createLogger, type LogEntry, type SaslSettings, type TlsSettings } from "@millrace/core";
import { kafkajs } from "@millrace/driver-kafkajs";
import { type ClientEvent, createKafka, type Kafka, type KafkaDriver, KafkaError } from "@millrace/kafka";
import { waitFor } from "@millrace/testing";
import { Admin } from "@platformatic/kafka";
import { logLevel, Kafka as OwnKafkaJs } from "kafkajs";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { platformatic } from "../src/index.ts";

interface ConnectionOptions {
  readonly brokers: readonly string[];
  readonly tls?: TlsSettings;
  readonly sasl?: SaslSettings;
  readonly connectionTimeoutMs?: number;
}

const drivers: readonly (readonly [string, (options: ConnectionOptions) => KafkaDriver])[] = [
  ["kafkajs", kafkajs],
  ["platformatic", platformatic],
];

/** Both drivers take these options. */
type Way = (secured: RunningSecuredKafka) => ConnectionOptions;

let secured: RunningSecuredKafka;
beforeAll(async () => {
  secured = await startSecuredKafka();
});

/** A token as Kafka's test validator takes it: nobody signed it. */
function unsignedToken(subject: string, lifetimeMs = 60_000): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");
  const now = Date.now() / 1000;
  return `${encode({ alg: "none" })}.${encode({ sub: subject, iat: now, exp: now + lifetimeMs / 1000 })}.`;
}

interface Watched {
  readonly kafka: Kafka;
  readonly driver: KafkaDriver;
  readonly lines: LogEntry[];
  readonly events: ClientEvent[];
}

function connect(make: (options: ConnectionOptions) => KafkaDriver, options: ConnectionOptions): Watched {
  const lines: LogEntry[] = [];
  const driver = make(options);
  const kafka = createKafka({ driver, logger: createLogger({ level: "debug", write: (entry) => void lines.push(entry) }) });
  const events: ClientEvent[] = [];
  const watch = async (): Promise<void> => {
    for await (const event of kafka.events()) events.push(event);
  };
  void watch();
  onTestFinished(() => kafka.close());
  return { kafka, driver, lines, events };
}

async function roundTrip(kafka: Kafka): Promise<string> {
  const topic = `secured-${randomBytes(6).toString("hex")}`;
  const admin = kafka.admin();
  await admin.createTopics([{ name: topic, partitions: 1, replicationFactor: 1, configs: {} }], { validateOnly: false, timeoutMs: 10_000 });
  await kafka.producer().sendRaw({ topic, key: null, value: Buffer.from("through") });
  const consumer = kafka.consumer({ group: topic, reset: "earliest" });
  const read: string[] = [];
  await consumer.consume([topic], { onBatch: ({ records }) => void read.push(...records.map(({ value }) => String(value))) });
  await waitFor(() => read.length > 0, { timeoutMs: 15_000 });
  await admin.deleteTopics([topic], { timeoutMs: 10_000 });
  return read.join();
}

const admin = (mechanism: "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512"): SaslSettings => ({ mechanism, ...secured.users.admin });
const byToken = (): SaslSettings => ({ mechanism: "OAUTHBEARER", token: async () => await Promise.resolve(unsignedToken("admin")) });
const trusting = (): { readonly ca: string } => ({ ca: secured.certificates.authority });

const ways: readonly (readonly [string, Way])[] = [
  ["TLS", ({ listeners }) => ({ brokers: [listeners.tls], tls: trusting() })],
  [
    "TLS with a certificate of the client",
    ({ listeners, certificates }) => ({ brokers: [listeners.mutualTls], tls: { ...trusting(), ...certificates.client } }),
  ],
  [
    "TLS to a host of another name",
    ({ listeners }) => ({ brokers: [listeners.elsewhereTls], tls: { ...trusting(), servername: "elsewhere.example" } }),
  ],
  ...(["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] as const).flatMap((mechanism): (readonly [string, Way])[] => [
    [mechanism, ({ listeners }) => ({ brokers: [listeners.sasl], sasl: admin(mechanism) })],
    [`${mechanism} over TLS`, ({ listeners }) => ({ brokers: [listeners.saslTls], sasl: admin(mechanism), tls: trusting() })],
  ]),
  ["OAUTHBEARER", ({ listeners }) => ({ brokers: [listeners.sasl], sasl: byToken() })],
  ["OAUTHBEARER over TLS", ({ listeners }) => ({ brokers: [listeners.saslTls], sasl: byToken(), tls: trusting() })],
];

for (const [name, make] of drivers) {
  test.each(ways)(`${name}: topics, sends and reads by %s`, async (_what, way) => {
    expect(await roundTrip(connect(make, way(secured)).kafka)).toBe("through");
  });
}

test("clients of the user's own bring their TLS and their credentials along", async () => {
  const { listeners, certificates, users } = secured;
  const { username, password } = users.admin;
  const own = new OwnKafkaJs({
    clientId: "own",
    brokers: [listeners.saslTls],
    ssl: { ca: [certificates.authority] },
    sasl: { mechanism: "scram-sha-512", username, password },
    logLevel: logLevel.NOTHING,
  });
  expect(await roundTrip(connect(() => kafkajs({ client: own }), { brokers: [] }).kafka)).toBe("through");
  const ownAdmin = new Admin({
    clientId: "own",
    bootstrapBrokers: [listeners.saslTls],
    tls: { ca: certificates.authority },
    sasl: { mechanism: "SCRAM-SHA-512", username, password },
  });
  onTestFinished(() => ownAdmin.close());
  expect(await roundTrip(connect(() => platformatic({ client: ownAdmin }), { brokers: [] }).kafka)).toBe("through");
});

const refusals: readonly (readonly [string, RegExp, Way])[] = [
  [
    "an authority that did not sign",
    /certificate that broker .* is not accepted/,
    ({ listeners, certificates }) => ({ brokers: [listeners.tls], tls: { ca: certificates.otherAuthority } }),
  ],
  [
    "a certificate of another host",
    /certificate that broker .* is not accepted/,
    ({ listeners }) => ({ brokers: [listeners.elsewhereTls], tls: trusting() }),
  ],
  ["no certificate of the client", /refused the TLS handshake/, ({ listeners }) => ({ brokers: [listeners.mutualTls], tls: trusting() })],
  [
    "a certificate that the broker does not trust",
    /refused the TLS handshake/,
    ({ listeners, certificates }) => ({ brokers: [listeners.mutualTls], tls: { ...trusting(), ...certificates.stranger } }),
  ],
  ...(["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] as const).flatMap((mechanism): (readonly [string, RegExp, Way])[] => [
    [
      `a wrong password by ${mechanism}`,
      /SASL/,
      ({ listeners }) => ({ brokers: [listeners.sasl], sasl: { mechanism, username: "admin", password: "hunter2-wrong" } }),
    ],
    [
      `an unknown user by ${mechanism} over TLS`,
      /SASL/,
      ({ listeners }) => ({
        brokers: [listeners.saslTls],
        tls: trusting(),
        sasl: { mechanism, username: "nobody", password: "hunter2-wrong" },
      }),
    ],
  ]),
  [
    "a token that is over",
    /SASL/,
    ({ listeners }) => ({ brokers: [listeners.sasl], sasl: { mechanism: "OAUTHBEARER", token: unsignedToken("hunter2-wrong", -60_000) } }),
  ],
  [
    "a token that is none",
    /SASL/,
    ({ listeners }) => ({ brokers: [listeners.sasl], sasl: { mechanism: "OAUTHBEARER", token: "hunter2-wrong" } }),
  ],
];

for (const [name, make] of drivers) {
  test.each(refusals)(`${name}: %s is one clear error for all who ask, at once, and not repeated`, async (_what, message, way) => {
    const options = way(secured);
    const { kafka, driver, lines, events } = connect(make, options);
    const startedAt = performance.now();
    const consumer = kafka.consumer({ group: "refused" });
    const settled = await Promise.allSettled([
      kafka.admin().listTopics(),
      kafka.producer().sendRaw({ topic: "refused", key: null, value: null }),
      consumer.consume(["refused"], { onBatch: () => undefined }).then(() => consumer.stopped),
    ]);
    expect(performance.now() - startedAt).toBeLessThan(8_000);
    const reasons = settled.map((result): unknown => (result.status === "rejected" ? result.reason : "nothing"));
    for (const reason of reasons) {
      expect(reason).toMatchObject({ name: "KafkaError", code: "KAFKA_AUTHENTICATION_FAILED", retryable: false });
      expect(String(reason)).toMatch(message);
    }
    await kafka.close();
    const secrets = secretsOf(options);
    for (const shown of [...reasons, lines, events, kafka, driver]) {
      const texts = [inspect(shown, { depth: 20, showHidden: true }), JSON.stringify(shown) ?? "", String(shown)];
      for (const secret of secrets) expect(texts.some((text) => text.includes(secret))).toBe(false);
    }
  });
}

function secretsOf({ sasl, tls }: ConnectionOptions): readonly string[] {
  const given = { ...sasl, ...(typeof tls === "object" ? { key: tls.key } : {}) };
  return ["password", "token", "key"].flatMap((name): string[] => {
    const value: unknown = Reflect.get(given, name);
    return typeof value === "string" ? [value, value.slice(40, 80)].filter((text) => text !== "") : [];
  });
}

for (const [name, make] of drivers) {
  test(`${name}: a client that speaks in clear to a TLS door, and one that speaks TLS to a door in clear, end within their deadline`, async () => {
    const clear = connect(make, { brokers: [secured.listeners.tls], connectionTimeoutMs: 1_500 }).kafka;
    const encrypted = connect(make, { brokers: [secured.listeners.plaintext], tls: trusting(), connectionTimeoutMs: 1_500 }).kafka;
    const unnamed = connect(make, { brokers: [secured.listeners.sasl], connectionTimeoutMs: 1_500 }).kafka;
    for (const kafka of [clear, encrypted, unnamed]) {
      const startedAt = performance.now();
      await expect(kafka.admin().listTopics()).rejects.toMatchObject({
        code: "KAFKA_UNREACHABLE",
        message: expect.stringContaining("TLS or SASL") as unknown,
      });
      expect(performance.now() - startedAt).toBeLessThan(8_000);
    }
  });

  test(`${name}: sessions go on beyond their end on the same connections, with new tokens`, { timeout: 60_000 }, async () => {
    let tokens = 0;
    const sasl: SaslSettings = {
      mechanism: "OAUTHBEARER",
      token: () => {
        tokens += 1;
        return unsignedToken("admin", sessionLifetimeMs);
      },
    };
    const { kafka, events } = connect(make, { brokers: [secured.listeners.sasl], sasl });
    const bySecret = connect(make, { brokers: [secured.listeners.sasl], sasl: admin("SCRAM-SHA-512") });
    const topic = `sessions-${randomBytes(6).toString("hex")}`;
    await kafka
      .admin()
      .createTopics([{ name: topic, partitions: 1, replicationFactor: 1, configs: {} }], { validateOnly: false, timeoutMs: 10_000 });
    const read: string[] = [];
    const consumer = kafka.consumer({ group: topic, reset: "earliest" });
    await consumer.consume([topic], { onBatch: ({ records }) => void read.push(...records.map(({ value }) => String(value))) });
    const [producer, other] = [kafka.producer(), bySecret.kafka.producer()];
    const until = performance.now() + 2.5 * sessionLifetimeMs;
    let sent = 0;
    while (performance.now() < until) {
      await Promise.all([producer, other].map((each) => each.sendRaw({ topic, key: null, value: Buffer.from(String(sent)) })));
      sent += 1;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await waitFor(() => read.length === 2 * sent, { timeoutMs: 10_000 });
    expect(tokens).toBeGreaterThanOrEqual(6);
    for (const seen of [events, bySecret.events]) expect(seen.filter(({ type }) => type === "disconnected")).toEqual([]);
  });

  test(`${name}: a function for a token that fails is asked again while there is time, and then told of`, async () => {
    let asked = 0;
    const token = (failures: number) => async (): Promise<string> => {
      asked += 1;
      if (asked <= failures) throw new Error("the token service is away");
      return await Promise.resolve(unsignedToken("admin"));
    };
    const brokers = [secured.listeners.sasl];
    const later = connect(make, { brokers, sasl: { mechanism: "OAUTHBEARER", token: token(2) } }).kafka;
    await later.admin().listTopics();
    asked = 0;
    const never = connect(make, { brokers, sasl: { mechanism: "OAUTHBEARER", token: token(1_000) }, connectionTimeoutMs: 1_000 }).kafka;
    const error: unknown = await never
      .admin()
      .listTopics()
      .catch((reason: unknown) => reason);
    expect(KafkaError.is(error) && error.code).toBe("KAFKA_UNREACHABLE");
    expect(String(error)).toContain('"sasl.token" failed: the token service is away');
    expect(asked).toBeLessThan(15);
  });

  test(`${name}: tokens that are refused later end whoever uses them, once and with the reason; those that fail for a while do not`, {
    timeout: 120_000,
  }, async () => {
    const brokers = [secured.listeners.sasl];
    const topic = `spoilt-${randomBytes(6).toString("hex")}`;
    const { kafka: granted } = connect(make, { brokers, sasl: admin("PLAIN") });
    await granted
      .admin()
      .createTopics([{ name: topic, partitions: 1, replicationFactor: 1, configs: {} }], { validateOnly: false, timeoutMs: 10_000 });
    for (const isAway of [false, true]) {
      let spoilt = false;
      let asked = 0;
      const token = (): string => {
        if (!spoilt) return unsignedToken("admin", sessionLifetimeMs);
        asked += 1;
        if (isAway && asked > 6) spoilt = false;
        if (isAway) throw new Error("the token service is away");
        return "no token";
      };
      const { kafka } = connect(make, { brokers, sasl: { mechanism: "OAUTHBEARER", token } });
      const [producer, consumer] = [kafka.producer({ deliveryTimeoutMs: 20_000 }), kafka.consumer({ group: topic, reset: "earliest" })];
      const send = async (): Promise<unknown> => await producer.sendRaw({ topic, key: null, value: Buffer.from("v") });
      let read = 0;
      await consumer.consume([topic], {
        onBatch: ({ records }) => {
          read += records.length;
        },
      });
      const stopped = consumer.stopped.catch((error: unknown) => error);
      await send();
      await waitFor(() => read > 0, { timeoutMs: 30_000 });
      spoilt = true;
      if (isAway) {
        await waitFor(() => !spoilt, { timeoutMs: 30_000 });
        const before = read;
        await send();
        await waitFor(() => read > before, { timeoutMs: 30_000 });
        continue;
      }
      const failures = await Promise.all([
        stopped,
        waitFor(async () => (await send().catch(() => "failed")) === "failed", { timeoutMs: 30_000, intervalMs: 100 }).then(() =>
          send().catch((error: unknown) => error),
        ),
      ]);
      for (const failure of failures) expect(failure).toMatchObject({ code: "KAFKA_AUTHENTICATION_FAILED", retryable: false });
    }
  });
}
