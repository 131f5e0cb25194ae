import { inspect } from "node:util";
import { type Check, createLogger, type LogEntry } from "@millrace/core";
import { platformatic } from "@millrace/driver-platformatic";
import { startEmbeddedKafka } from "@millrace/embedded-kafka";
import { createKafka } from "@millrace/kafka";
import { expect, onTestFinished, test } from "vitest";
import { type DoctorContext, diagnose, formatDiagnosis, standardChecks } from "../src/index.ts";
import { connectionOf } from "./support/connection-of.ts";

const planted = 'hunter2 "planted"';
const plain = "hunter2-planted";

/** Says all that it is given, wherever something can be said. */
function* carelessChecks(): Iterable<Check<DoctorContext>> {
  const dump = ({ cluster: _cluster, network: _network, topics: _topics, ...context }: DoctorContext): string =>
    `${JSON.stringify(context)} ${inspect(context, { depth: 9 })}`;
  const check = { blockedBy: () => undefined, run: () => [] };
  yield {
    ...check,
    finds: ["found"],
    run: (context) => {
      const text = dump(context);
      return [{ problem: "found", severity: "error", subject: text, message: text, evidence: { text, list: [text] }, fix: text }];
    },
  };
  yield { ...check, finds: ["blocked"], blockedBy: dump };
  yield {
    ...check,
    finds: ["thrown"],
    run: (context) => {
      throw new Error(dump(context));
    },
  };
}

const security = (values: object): object => ({
  connection: { ...connectionOf(["127.0.0.1:1"]), security: { protocol: "SSL", ...values } },
});
const brokers = (address: string): object => ({ connection: { ...connectionOf([address]) } });

test.each<[string, object]>([
  ["a password", security({ username: "user", password: planted })],
  ["a password of a key", security({ keyPassword: planted })],
  ["a password in an object", security({ password: { value: planted } })],
  ["a password in a list", security({ password: [planted] })],
  ["a password that is part of another", security({ password: planted, keyPassword: `${planted}, and more` })],
  ["a password under Kafka's name", { connection: { "sasl.password": planted } }],
  ["a password under Python's name", { connection: { sasl_plain_password: planted } }],
  ["a passphrase", security({ passphrase: planted })],
  ["a token", security({ token: planted })],
  ["an API key", security({ apiKey: planted })],
  ["an API secret", security({ apiSecret: planted })],
  ["credentials", security({ credentials: { user: "u", given: planted } })],
  ["a secret of a producer", { producer: { secret: planted } }],
  ["a token of a consumer", { consumer: { group: "g", accessToken: planted } }],
  ["a password in a server's address", brokers(`user:${plain}@127.0.0.1:1`)],
  ["a password in an address with a protocol", brokers(`kafka://user:${plain}@127.0.0.1:1`)],
  ["a secret among retries", { retry: { secretly: planted } }],
  ["a secret of transactions", { transactions: { clientSecret: planted } }],
  ["a password of a registry", { schemaRegistry: { password: planted }, retry: { note: planted } }],
  ["a token of a registry", { schemaRegistry: { token: planted }, producer: { note: planted } }],
])("a planted secret is in no diagnosis and no log, however careless its checks are: %s", async (_what, config) => {
  const logged: LogEntry[] = [];
  const logger = createLogger({ level: "debug", write: (entry) => logged.push(entry) });
  const broker = await startEmbeddedKafka();
  onTestFinished(() => broker.close());
  const sasl = { mechanism: "PLAIN", username: "user", password: planted } as const;
  const kafka = createKafka({ driver: platformatic({ brokers: broker.brokers, sasl, connectionTimeoutMs: 300 }), logger });
  onTestFinished(() => kafka.close());
  const diagnosis = await diagnose({ config, kafka, checks: [...carelessChecks(), ...standardChecks], timeoutMs: 500 });
  const said = [
    JSON.stringify(diagnosis),
    inspect(diagnosis, { depth: 9 }),
    formatDiagnosis(diagnosis),
    inspect(logged, { depth: 9 }),
  ].join();
  expect(said).not.toContain("hunter2");
  expect(said).toContain("[redacted]");
  expect(diagnosis.checks.slice(0, 3)).toMatchObject([{ outcome: "found" }, { outcome: "not-checked" }, { outcome: "not-checked" }]);
});

test("a short password is taken out where it stands alone, and leaves words alone that hold it", async () => {
  const text = 'login "kafka" with kafka, by kafka-acls and apachekafka, user:kafka';
  const check: Check<DoctorContext> = {
    finds: ["found"],
    blockedBy: () => undefined,
    run: () => [{ problem: "found", severity: "error", subject: "s", message: text, evidence: {}, fix: "f" }],
  };
  const config = { connection: { ...connectionOf([]), security: { protocol: "SSL", keyPassword: "kafka" } } } as const;
  expect((await diagnose({ config, checks: [check] })).findings[0]?.message).toBe(
    'login "[redacted]" with [redacted], by kafka-acls and apachekafka, user:[redacted]',
  );
});
