import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { waitFor } from "@millrace/testing";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type EmbeddedKafka, startEmbeddedKafka } from "../../src/index.ts";
import { createJavaTools, type JavaTool, type JavaTools } from "./support/java-tools.ts";
import type { RunningProgram } from "./support/start-program.ts";
import { storedCompressions } from "./support/stored-compressions.ts";

/** Names on the real cluster outlive a run. */
const run = randomUUID().slice(0, 8);
/** Starting Java over and over is slow on a busy machine. */
const timeoutMs = 150_000;
let broker: EmbeddedKafka;
let tools: JavaTools;
let folder: string;

beforeAll(async () => {
  tools = await createJavaTools();
  broker = await startEmbeddedKafka();
  folder = await mkdtemp(join(tmpdir(), "millrace-java-clients-"));
}, 900_000);
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await broker.close();
});

/** Runs a tool against the embedded broker; it has to succeed. */
async function tool(name: JavaTool, parameters: readonly string[], input = ""): Promise<string> {
  const { code, stdout, stderr } = await tools.run(name, ["--bootstrap-server", broker.brokers[0]!, ...parameters], { input });
  expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: expect.not.stringMatching(/ERROR|Exception/) });
  return stdout;
}

/** Runs a tool against the embedded broker and against Apache Kafka; says what both printed, which has to be the same, and the exit code. */
async function onBoth(name: JavaTool, parameters: readonly string[]): Promise<{ readonly code: number; readonly lines: string[] }> {
  const onOne = async (server: string) => {
    const { code, stdout } = await tools.run(name, ["--bootstrap-server", server, ...parameters]);
    return {
      code,
      lines: stdout
        .split("\n")
        .map((line) => comparable(line, server))
        .filter((line) => line !== ""),
    };
  };
  const [embedded, kafka] = await Promise.all([onOne(broker.brokers[0]!), onOne(inject("kafkaBrokers")[0]!)]);
  // Some tools print from hash maps and as answers come in: what they print counts, not in which order.
  const sorted = ({ code, lines }: { readonly code: number; readonly lines: readonly string[] }) => ({ code, lines: lines.toSorted() });
  expect(sorted(embedded)).toEqual(sorted(kafka));
  return embedded;
}

/** Produces the same records to both, spread over partitions by key. */
async function produceToBoth(topic: string, count: number, firstTimestamp: number): Promise<void> {
  const records = [
    "--topic",
    topic,
    "--max-messages",
    String(count),
    "--repeating-keys",
    "5",
    "--message-create-time",
    String(firstTimestamp),
  ];
  for (const server of [broker.brokers[0]!, inject("kafkaBrokers")[0]!]) {
    const { stdout, stderr } = await tools.run("VerifiableProducer", ["--bootstrap-server", server, ...records]);
    expect(stdout, stderr).toContain(`"sent":${count},"acked":${count},`);
  }
}

/** A line without what differs between any two clusters, and without what the real one was configured with. */
function comparable(line: string, server: string): string {
  return line
    .replace(server, "SERVER")
    .replace(/^(Error while executing topic command) : .*/, "$1")
    .replace(/TopicId: \S+/, "TopicId: ID")
    .replace("min.insync.replicas=1,", "")
    .replace(",file.delete.delay.ms=1000", "")
    .replaceAll(/\s+/g, " ")
    .trim();
}

test("BrokerApiVersionsCommand: every API is served in the versions of Apache Kafka, or not at all", async () => {
  const versionsOn = async (server: string) => {
    const { code, stdout } = await tools.run("BrokerApiVersionsCommand", ["--bootstrap-server", server]);
    expect(code).toBe(0);
    return stdout
      .split("\n")
      .filter((line) => /\(\d+\): \d/.test(line))
      .map((line) => line.trim().replace(/,$/, ""));
  };
  const [embedded, kafka] = await Promise.all([versionsOn(broker.brokers[0]!), versionsOn(inject("kafkaBrokers")[0]!)]);
  expect(embedded.length).toBeGreaterThanOrEqual(23);
  expect(kafka).toEqual(expect.arrayContaining(embedded));
});

test(
  "TopicCommand: topics are created, described, listed, made larger and deleted",
  async () => {
    const topic = `topic-${run}`;
    expect(
      (await onBoth("TopicCommand", ["--create", "--topic", topic, "--partitions", "2", "--config", "retention.ms=100000"])).lines,
    ).toEqual([`Created topic ${topic}.`]);
    expect(await onBoth("TopicCommand", ["--create", "--topic", topic])).toMatchObject({ code: 1 });
    expect(await onBoth("TopicCommand", ["--create", "--topic", `wide-${run}`, "--replication-factor", "3"])).toMatchObject({ code: 1 });
    expect(await onBoth("TopicCommand", ["--create", "--topic", `odd-${run}`, "--config", "retention.ms=soon"])).toMatchObject({ code: 1 });
    expect((await onBoth("TopicCommand", ["--describe", "--topic", topic])).lines).toEqual([
      `Topic: ${topic} TopicId: ID PartitionCount: 2 ReplicationFactor: 1 Configs: retention.ms=100000`,
      `Topic: ${topic} Partition: 0 Leader: 1 Replicas: 1 Isr: 1 Elr: LastKnownElr:`,
      `Topic: ${topic} Partition: 1 Leader: 1 Replicas: 1 Isr: 1 Elr: LastKnownElr:`,
    ]);
    expect(await onBoth("TopicCommand", ["--alter", "--topic", topic, "--partitions", "4"])).toMatchObject({ code: 0 });
    expect(await onBoth("TopicCommand", ["--alter", "--topic", topic, "--partitions", "3"])).toMatchObject({ code: 1 });
    expect((await onBoth("TopicCommand", ["--describe", "--topic", topic])).lines).toHaveLength(5);
    expect(await tool("TopicCommand", ["--list"])).toBe(`${topic}\n`);
    expect(await onBoth("TopicCommand", ["--delete", "--topic", topic])).toMatchObject({ code: 0 });
    expect(await onBoth("TopicCommand", ["--describe", "--topic", topic])).toMatchObject({ code: 1 });
    expect(await tool("TopicCommand", ["--list"])).toBe("\n");
  },
  timeoutMs,
);

test("ConfigCommand: the configs of a topic are changed, and with their synonyms are those of Apache Kafka", async () => {
  const topic = `configured-${run}`;
  await onBoth("TopicCommand", ["--create", "--topic", topic, "--config", "cleanup.policy=compact", "--config", "max.message.bytes=2000"]);
  expect((await onBoth("ConfigCommand", ["--describe", "--entity-type", "topics", "--entity-name", topic])).lines).toEqual([
    `Dynamic configs for topic ${topic} are:`,
    "cleanup.policy=compact sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:cleanup.policy=compact, DEFAULT_CONFIG:log.cleanup.policy=delete}",
    "max.message.bytes=2000 sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:max.message.bytes=2000, DEFAULT_CONFIG:message.max.bytes=1048588}",
  ]);
  const changes = ["--add-config", "retention.ms=100000", "--delete-config", "max.message.bytes"];
  await onBoth("ConfigCommand", ["--alter", "--entity-type", "topics", "--entity-name", topic, ...changes]);
  const all = async (server: string) => {
    const described = ["--describe", "--all", "--entity-type", "topics", "--entity-name", topic];
    const { stdout } = await tools.run("ConfigCommand", ["--bootstrap-server", server, ...described]);
    // These two are set by the real cluster itself.
    return stdout.split("\n").filter((line) => !/file\.delete\.delay\.ms|min\.insync\.replicas/.test(line));
  };
  const [embedded, kafka] = await Promise.all([all(broker.brokers[0]!), all(inject("kafkaBrokers")[0]!)]);
  expect(embedded.length).toBeGreaterThan(25);
  expect(embedded).toEqual(kafka);
  expect(embedded.find((line) => line.includes("retention.ms=100000"))).toContain("{DYNAMIC_TOPIC_CONFIG:retention.ms=100000}");
  const ofBroker = await tool("ConfigCommand", ["--describe", "--all", "--entity-type", "brokers", "--entity-name", "1"]);
  expect(ofBroker).toContain("num.partitions=1 ");
});

test(
  "GetOffsetShell, DeleteRecordsCommand: offsets are found from start, end, time and largest timestamp, also after a truncation",
  async () => {
    const topic = `offsets-${run}`;
    await onBoth("TopicCommand", ["--create", "--topic", topic, "--partitions", "2"]);
    const firstTimestamp = Date.now() - 60_000;
    await produceToBoth(topic, 20, firstTimestamp);
    expect((await onBoth("GetOffsetShell", ["--topic", topic])).lines).toEqual([`${topic}:0:8`, `${topic}:1:12`]);
    expect((await onBoth("GetOffsetShell", ["--topic", topic, "--time", "earliest"])).lines).toEqual([`${topic}:0:0`, `${topic}:1:0`]);
    expect((await onBoth("GetOffsetShell", ["--topic", topic, "--time", String(firstTimestamp)])).lines).toEqual([
      `${topic}:0:0`,
      `${topic}:1:0`,
    ]);
    expect((await onBoth("GetOffsetShell", ["--topic", topic, "--time", String(Date.now() + 60_000)])).lines).toEqual([]);
    expect(await tool("GetOffsetShell", ["--topic", topic, "--time", "max-timestamp"])).toMatch(
      new RegExp(`^${topic}:0:\\d\n${topic}:1:\\d+\n$`),
    );
    const file = join(folder, "offsets.json");
    await writeFile(
      file,
      JSON.stringify({
        version: 1,
        partitions: [
          { topic, partition: 0, offset: 3 },
          { topic, partition: 1, offset: -1 },
        ],
      }),
    );
    expect((await onBoth("DeleteRecordsCommand", ["--offset-json-file", file])).lines).toContain(`partition: ${topic}-0 low_watermark: 3`);
    expect((await onBoth("GetOffsetShell", ["--topic", topic, "--time", "earliest"])).lines[0]).toBe(`${topic}:0:3`);
  },
  timeoutMs,
);

test(
  "ConsumerGroupCommand: groups are described, their offsets reset, and they are deleted",
  async () => {
    const [topic, group] = [`grouped-${run}`, `group-${run}`];
    await onBoth("TopicCommand", ["--create", "--topic", topic, "--partitions", "2"]);
    await produceToBoth(topic, 10, Date.now());
    for (const server of [broker.brokers[0]!, inject("kafkaBrokers")[0]!]) {
      await tools.run("VerifiableConsumer", ["--bootstrap-server", server, "--topic", topic, "--group-id", group, "--max-messages", "10"]);
    }
    expect((await onBoth("ConsumerGroupCommand", ["--describe", "--group", group])).lines).toHaveLength(3);
    expect((await onBoth("ConsumerGroupCommand", ["--describe", "--group", group, "--state"])).lines.at(-1)).toBe(
      `${group} SERVER (1) - Empty 0`,
    );
    await onBoth("ConsumerGroupCommand", ["--describe", "--group", group, "--members", "--verbose"]);
    for (const how of [
      ["--shift-by", "-1"],
      ["--to-datetime", "2020-01-01T00:00:00.000"],
    ]) {
      const reset = await onBoth("ConsumerGroupCommand", ["--reset-offsets", "--group", group, "--topic", topic, ...how, "--execute"]);
      expect(reset.lines, String(how)).toHaveLength(3);
    }
    const described = await onBoth("ConsumerGroupCommand", ["--describe", "--group", group]);
    expect(described.lines.slice(1).map((line) => line.split(" ")[3])).toEqual(["0", "0"]);
    expect((await onBoth("ConsumerGroupCommand", ["--delete-offsets", "--group", group, "--topic", `${topic}:1`])).lines).toContain(
      `${topic} 1 Successful`,
    );
    expect(broker.offsets(group).map(({ partition }) => partition)).toEqual([0]);
    expect(await tool("ConsumerGroupCommand", ["--list", "--state"])).toMatch(new RegExp(`${group}\\s+Empty`));
    expect(await tool("GroupsCommand", ["--list"])).toMatch(new RegExp(`${group}\\s+Classic\\s+consumer`));
    expect((await onBoth("ConsumerGroupCommand", ["--delete", "--group", group])).lines).toEqual([
      `Deletion of requested consumer groups ('${group}') was successful.`,
    ]);
  },
  timeoutMs,
);

test(
  "VerifiableConsumer: two members share a topic by every classic assignor, and the one that stays gets it all",
  async () => {
    // One after the other would take three times as long: starting Java is most of it.
    await Promise.all(["RangeAssignor", "RoundRobinAssignor", "CooperativeStickyAssignor"].map(shareWithAssignor));
  },
  timeoutMs,
);

async function shareWithAssignor(assignor: string): Promise<void> {
  const [topic, group] = [`shared-${assignor}`, `shared-${assignor}-group`];
  await tool("TopicCommand", ["--create", "--topic", topic, "--partitions", "4"]);
  const members: RunningProgram[] = [];
  const join = (): RunningProgram => {
    const strategy = ["--assignment-strategy", `org.apache.kafka.clients.consumer.${assignor}`, "--session-timeout", "6000"];
    const consume = ["--bootstrap-server", broker.brokers[0]!, "--topic", topic, "--group-id", group];
    const member = tools.start("VerifiableConsumer", [...consume, ...strategy]);
    members.push(member);
    return member;
  };
  const soon = (what: string, condition: () => boolean) => waitFor(condition, { timeoutMs: 30_000, what: `${what}, by ${assignor}` });
  const committed = () => broker.offsets(group).reduce((sum, { offset }) => sum + offset, 0);
  const produce = () => tool("VerifiableProducer", ["--topic", topic, "--max-messages", "40", "--repeating-keys", "40"]);
  try {
    const [first, second] = [join(), join()];
    await soon("two members have partitions", () => owned(first).size === 2 && owned(second).size === 2);
    await produce();
    await soon("40 records are consumed", () => committed() === 40);
    await second.stop();
    await soon("the first has everything", () => owned(first).size === 4);
    await produce();
    await soon("80 records are consumed", () => committed() === 80);
  } finally {
    await Promise.all(members.map((member) => member.stop()));
  }
}

interface VerifiableEvent {
  readonly name: string;
  readonly partitions?: readonly { readonly partition: number }[];
}

/** The partitions that a verifiable consumer says it has. */
function owned({ lines }: RunningProgram): Set<number> {
  const partitions = new Set<number>();
  for (const line of lines) {
    if (!line.startsWith("{")) continue;
    const { name, partitions: named = [] } = JSON.parse(line) as VerifiableEvent;
    for (const { partition } of named) {
      if (name === "partitions_assigned") partitions.add(partition);
      if (name === "partitions_revoked") partitions.delete(partition);
    }
  }
  return partitions;
}

test("VerifiableProducer and ConsoleConsumer: every codec goes in as it was packed and comes out readable", async () => {
  const codecs = ["none", "gzip", "snappy", "lz4", "zstd"] as const;
  await Promise.all(
    codecs.map(async (codec) => {
      const topic = `packed-${codec}`;
      const config = join(folder, `${codec}.properties`);
      await writeFile(config, `compression.type=${codec}\nlinger.ms=100\n`);
      const sent = await tool("VerifiableProducer", ["--topic", topic, "--max-messages", "100", "--command-config", config]);
      expect(sent).toContain('"sent":100,"acked":100');
      expect(new Set(await storedCompressions(broker, topic))).toEqual(new Set([codec]));
      const read = await tool("ConsoleConsumer", ["--topic", topic, "--from-beginning", "--max-messages", "100", "--timeout-ms", "20000"]);
      expect(read.trim().split("\n").slice(-100)).toEqual(Array.from({ length: 100 }, (_, index) => String(index)));
    }),
  );
});

test("ConsoleProducer and ConsoleConsumer: keys, headers, nulls, partitions and offsets come back as they were sent", async () => {
  const topic = "console";
  const parsed = [
    "parse.key=true",
    "parse.headers=true",
    "null.marker=NULL",
    "headers.delimiter=|",
    "headers.separator=,",
    "key.separator=>",
  ];
  await tool(
    "ConsoleProducer",
    ["--topic", topic, ...parsed.flatMap((property) => ["--reader-property", property])],
    "h1:a,h2:b|key>one\nh1:c|other>NULL\n",
  );
  const printed = ["print.key=true", "print.headers=true", "print.offset=true", "print.partition=true", "null.literal=NULL"];
  const consume = ["--topic", topic, "--partition", "0", "--offset", "earliest", "--max-messages", "2", "--timeout-ms", "20000"];
  const read = await tool("ConsoleConsumer", [...consume, ...printed.flatMap((property) => ["--formatter-property", property])]);
  expect(read.trim().split("\n").slice(-2)).toEqual([
    "Partition:0\tOffset:0\th1:a,h2:b\tkey\tone",
    "Partition:0\tOffset:1\th1:c\tother\tNULL",
  ]);
});

test("ProducerPerformance, ConsumerPerformance and EndToEndLatency: what is measured has arrived", async () => {
  const topic = "measured";
  await tool("TopicCommand", ["--create", "--topic", topic, "--partitions", "3"]);
  const sent = await tool("ProducerPerformance", [
    "--topic",
    topic,
    "--num-records",
    "50000",
    "--record-size",
    "100",
    "--throughput",
    "-1",
  ]);
  expect(sent).toMatch(/^50000 records sent/m);
  expect(broker.records(topic)).toHaveLength(50_000);
  const consumed = await tool("ConsumerPerformance", ["--topic", topic, "--num-records", "50000", "--group", "measured-group"]);
  expect(consumed.trim().split("\n").at(-1)!.split(", ")[4]).toBe("50000");
  const latency = await tool("EndToEndLatency", [
    "--topic",
    "latency",
    "--num-records",
    "500",
    "--producer-acks",
    "all",
    "--record-size",
    "100",
  ]);
  expect(latency).toMatch(/Avg latency: [\d.]+ ms/);
});

test("ProducerPerformance with transactions and TransactionsCommand: all is committed, nothing hangs, and the states are Apache Kafka's", async () => {
  const topic = `transacted-${run}`;
  await onBoth("TopicCommand", ["--create", "--topic", topic]);
  // So long that there is one transaction, which ends when all is sent: offsets and epochs are the same then.
  const produce = ["--topic", topic, "--num-records", "1000", "--record-size", "100", "--throughput", "-1", "--transactional-id", topic];
  for (const server of [broker.brokers[0]!, inject("kafkaBrokers")[0]!]) {
    const { code, stdout } = await tools.run("ProducerPerformance", [
      "--bootstrap-server",
      server,
      ...produce,
      "--transaction-duration-ms",
      "60000",
    ]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^1000 records sent/) });
  }
  expect((await onBoth("GetOffsetShell", ["--topic", topic])).lines).toEqual([`${topic}:0:1001`]);
  const columns = async (server: string, parameters: string[], kept: number[]) => {
    const { stdout } = await tools.run("TransactionsCommand", ["--bootstrap-server", server, ...parameters]);
    const last = stdout.trimEnd().split("\n").at(-1)!.split("\t");
    return kept.map((index) => last[index]?.trim());
  };
  for (const { parameters, kept } of [
    { parameters: ["describe", "--transactional-id", topic], kept: [0, 1, 3, 4, 5, 8] },
    { parameters: ["describe-producers", "--topic", topic, "--partition", "0"], kept: [1, 2, 3, 5] },
    { parameters: ["find-hanging", "--topic", topic], kept: [0, 1, 2] },
  ]) {
    const [embedded, kafka] = await Promise.all([
      columns(broker.brokers[0]!, parameters, kept),
      columns(inject("kafkaBrokers")[0]!, parameters, kept),
    ]);
    expect(embedded).toEqual(kafka);
  }
  expect((await tools.run("TransactionsCommand", ["--bootstrap-server", broker.brokers[0]!, "list"])).stdout).toMatch(
    new RegExp(`^${topic}\\s+1\\s+\\d+\\s+CompleteCommit`, "m"),
  );
  const consume = [
    "--topic",
    topic,
    "--from-beginning",
    "--isolation-level",
    "read_committed",
    "--max-messages",
    "1000",
    "--timeout-ms",
    "20000",
  ];
  expect((await tool("ConsoleConsumer", consume)).trim().split("\n").length).toBeGreaterThanOrEqual(1000);
});

test("ClusterTool: the cluster's id and its brokers are those of the metadata", async () => {
  const run = (command: string) => tools.run("ClusterTool", [command, "--bootstrap-server", broker.brokers[0]!]);
  expect((await run("cluster-id")).stdout).toBe(`Cluster ID: ${broker.engine.clusterId}\n`);
  expect((await run("list-endpoints")).stdout).toMatch(
    new RegExp(`^1\\s+127\\.0\\.0\\.1\\s+${broker.port}\\s+null\\s+unfenced\\s+broker`, "m"),
  );
});
