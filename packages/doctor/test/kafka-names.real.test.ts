import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findKafkaTools } from "@millrace/cluster";
import * as base from "@millrace/config";
import { type AnyConfigSection, fromProperties, loadConfig, type PropertyValue, toProperties } from "@millrace/config";
import * as kafka from "@millrace/kafka/config";
import { consumer, producer, transactions } from "@millrace/kafka/config";
import * as retry from "@millrace/retry/config";
import * as runtime from "@millrace/runtime/config";
import { beforeAll, expect, test } from "vitest";

const { connection } = base;
const clients = ["producer", "consumer", "admin"] as const;
type Client = (typeof clients)[number];

/** Whose settings a section holds. The registry's belong to serializers, which are not in Kafka's jar. */
const clientsOf = new Map<AnyConfigSection, readonly Client[]>([
  [connection, clients],
  [producer, ["producer"]],
  [transactions, ["producer"]],
  [consumer, ["consumer"]],
  [runtime.runtime, ["consumer"]],
]);

function isSection(value: unknown): value is AnyConfigSection {
  return typeof value === "object" && value !== null && "settings" in value && "properties" in value;
}

const sections = [base, kafka, retry, runtime].flatMap((entry) => Object.values(entry).filter(isSection));
const javaNames = (section: AnyConfigSection): readonly string[] =>
  [...section.properties].filter(([, { dialect = "java" }]) => dialect === "java").map(([name]) => name);

async function askJava(questions: readonly (readonly string[])[]): Promise<readonly string[]> {
  const { program, parameters } = await findKafkaTools();
  const file = fileURLToPath(new URL("./java/KafkaNames.java", import.meta.url));
  const quiet = "-Dorg.slf4j.simpleLogger.defaultLogLevel=off";
  const stdout = await new Promise<string>((resolve, reject) => {
    const child = execFile(
      program,
      [...parameters.slice(0, -2), quiet, ...parameters.slice(-2), file],
      { timeout: 110_000 },
      (error, out) => {
        if (error === null) resolve(out);
        else reject(new Error(`Java failed: ${error.message}`, { cause: error }));
      },
    );
    // It may end before it has read everything.
    child.stdin!.on("error", () => {});
    child.stdin!.end(questions.map((words) => `${words.join("\t")}\n`).join(""));
  });
  return stdout.split("\n");
}

function checkQuestion(client: Client, properties: Readonly<Record<string, PropertyValue>>): readonly string[] {
  return ["check", client, ...Object.entries(properties).map(([name, value]) => `${name}=${value}`)];
}

/** Java's defaults by the names of settings, for each client. */
const known = new Map<Client, ReadonlyMap<string, string>>();

beforeAll(async () => {
  const lines = [...(await askJava(clients.map((client) => ["names", client])))];
  for (const client of clients) {
    const own = lines.splice(0, lines.indexOf("") + 1).slice(0, -1);
    known.set(client, new Map(own.map((line) => line.split("\t")).map(([name = "", , fallback = ""]) => [name, fallback])));
  }
});

test("every name that a section has for Java's clients is one of theirs", () => {
  for (const client of clients) expect(known.get(client)?.size).toBeGreaterThan(50);
  const found = sections.filter((section) => javaNames(section).length > 0);
  expect(found.map(({ name }) => name).sort()).toEqual(["connection", "consumer", "producer", "runtime", "transactions"]);
  for (const section of found) {
    for (const client of clientsOf.get(section) ?? []) {
      const unknown = javaNames(section).filter((name) => known.get(client)?.has(name) !== true);
      expect(unknown, `${section.name} of the ${client}`).toEqual([]);
    }
  }
});

const full = loadConfig({
  sections: [connection, producer, transactions, consumer],
  environment: {},
  object: {
    connection: {
      brokers: ["a:9092", "b:9092"],
      security: { protocol: "SASL_SSL", mechanism: "SCRAM-SHA-512", username: "u", password: 'p"\\;', caFile: "/ca.pem" },
    },
    producer: {
      acks: "all",
      idempotent: true,
      compression: "zstd",
      lingerMs: 5,
      batchBytes: 1,
      bufferBytes: 1_000_000,
      maxBlockMs: 1,
      maxMessageBytes: 1000,
      requestTimeoutMs: 1000,
      deliveryTimeoutMs: 2000,
      retries: Number.POSITIVE_INFINITY,
      retryBackoffMs: 1,
      retryBackoffMaxMs: 2,
      maxInFlightRequests: 1,
      partitioner: "round-robin",
    },
    transactions: { transactionalId: "t", transactionTimeoutMs: 1000 },
    consumer: {
      group: "g",
      groupInstanceId: "i",
      assignors: ["range", "sticky"],
      reset: "none",
      isolation: "read_committed",
      sessionTimeoutMs: 9000,
      heartbeatIntervalMs: 3000,
      autoCommitMs: 1000,
      maxBatchRecords: 1,
      maxProcessingMs: 10_000,
      metadataMaxAgeMs: 1,
      fetchMaxWaitMs: 1,
      fetchMinBytes: 1,
      fetchMaxBytes: 1000,
      maxPartitionFetchBytes: 1,
    },
  },
});

test("Java's clients take what toProperties makes, of a full configuration and of every preset", async () => {
  const questions = [
    checkQuestion("producer", toProperties([connection, producer, transactions], full)),
    checkQuestion("consumer", toProperties([connection, consumer], full)),
    checkQuestion("admin", toProperties([connection], full)),
  ];
  const presets = [producer, consumer].flatMap((section) => Object.keys(section.presets).map((preset) => [section, preset] as const));
  for (const [section, preset] of presets) {
    const client = section === producer ? "producer" : "consumer";
    // A consumer that commits by itself needs a group.
    const object = section === consumer ? { consumer: { group: "g" } } : {};
    const config = loadConfig({ sections: [section], preset, environment: {}, object });
    questions.push(checkQuestion(client, { "bootstrap.servers": "a:1", ...toProperties([section], config) }));
  }
  expect(questions.length).toBeGreaterThan(8);
  expect((await askJava(questions)).slice(0, -1)).toEqual(questions.map(() => "fine"));
});

test("what toProperties makes is understood again, in both dialects", () => {
  const own: readonly AnyConfigSection[] = [connection, producer, transactions, consumer];
  for (const dialect of ["java", "librdkafka"] as const) {
    for (const section of own) {
      const properties = toProperties([section], full, { dialect });
      const read = fromProperties([section], properties);
      expect(toProperties([section], read, { dialect }), `${section.name} of ${dialect}`).toEqual(properties);
    }
  }
});

test("Java's own defaults are settings that our sections understand", () => {
  // Java's default offers the cooperative assignor beside another, which is a step on the way from one to the other.
  const skipped = new Set(["partition.assignment.strategy"]);
  for (const [section, client] of [
    [producer, "producer"],
    [consumer, "consumer"],
  ] as const) {
    const defaults = [...(known.get(client) ?? [])].filter(
      ([name, value]) => javaNames(section).includes(name) && !skipped.has(name) && value !== "null",
    );
    expect(defaults.length).toBeGreaterThan(10);
    const object = fromProperties([section], { ...Object.fromEntries(defaults), ...(section === consumer && { "group.id": "g" }) });
    expect(() => loadConfig({ sections: [section], object, environment: {} })).not.toThrow();
  }
});

/** Options by their names, with the properties and the default that their documentation names. */
function documentedDefaults(file: string): ReadonlyMap<string, string> {
  const source = readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
  const documented = /\/\*\*((?:(?!\*\/).)*)\*\/\s*readonly (\w+)\??:/gs;
  return new Map(
    [...source.matchAll(documented)].flatMap(([, text = "", name = ""]) => {
      const fallback = /@default "?`?([\w.-]+(?: limit)?)/.exec(text)?.[1];
      return fallback === undefined ? [] : [[name, fallback.replaceAll("_", /^\d/.test(fallback) ? "" : "_")]];
    }),
  );
}

test("defaults that our options document are Java's, but for those that are known to differ", () => {
  const differing = new Map<string, string>();
  for (const [section, client, file] of [
    [producer, "producer", "kafka/src/producer/producer-options.ts"],
    [consumer, "consumer", "kafka/src/consumer/consumer-options.ts"],
    [connection, "admin", "config/src/connection.ts"],
  ] as const) {
    const documented = documentedDefaults(file);
    expect(documented.size).toBeGreaterThan(2);
    for (const [setting, ours] of documented) {
      for (const name of javaNames(section)) {
        const java = known.get(client)?.get(name);
        // The setting that this property alone stands for.
        const target = section.properties.get(name)?.write?.({ [setting]: ours === "Infinity" ? Number.POSITIVE_INFINITY : ours });
        if (java === undefined || java === "null" || target === undefined) continue;
        if (String(target) !== java) differing.set(`${section.name}.${setting}`, `${target}, Java's ${java}`);
      }
    }
  }
  expect(Object.fromEntries(differing)).toEqual({
    "producer.lingerMs": "0, Java's 5",
    "producer.batchBytes": "1000000, Java's 16384",
    "producer.retryBackoffMs": "20, Java's 100",
    "consumer.isolation": "read_committed, Java's read_uncommitted",
    "consumer.sessionTimeoutMs": "30000, Java's 45000",
    "consumer.maxBatchRecords": "no limit, Java's 500",
    "consumer.metadataMaxAgeMs": "60000, Java's 300000",
    "consumer.fetchMaxBytes": "10485760, Java's 52428800",
    "connection.clientId": "millrace, Java's ",
  });
});
