import { waitFor } from "@millrace/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EmbeddedKafka, startEmbeddedKafka } from "../../src/index.ts";
import { requireProgram } from "./support/required-program.ts";
import { outputOf, type RunProgramOptions } from "./support/run-program.ts";
import { type RunningProgram, startProgram } from "./support/start-program.ts";
import { storedCompressions } from "./support/stored-compressions.ts";

const strategies = ["range", "roundrobin", "cooperative-sticky"] as const;
let broker: EmbeddedKafka;

beforeAll(async () => {
  await requireProgram({ name: "kcat", trial: ["-V"], debianPackage: "kcat" });
  broker = await startEmbeddedKafka({ topics: strategies.map((strategy) => ({ name: `shared-${strategy}`, partitions: 4 })) });
}, 600_000);
afterAll(async () => {
  await broker.close();
});

/** Runs kcat, whose Kafka client is librdkafka, and gives the lines it printed. */
async function kcat(parameters: readonly string[], options: RunProgramOptions = {}): Promise<string[]> {
  const printed = await outputOf("kcat", ["-q", "-b", broker.brokers[0]!, ...parameters], options);
  return printed.split("\n").filter((line) => line !== "");
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => `number ${index}`);

test.each(["none", "gzip", "snappy", "lz4", "zstd"] as const)(
  "librdkafka: batches packed with %s stay so and can be read",
  async (codec) => {
    const topic = `packed-${codec}`;
    await kcat(["-P", "-t", topic, "-z", codec, "-X", "linger.ms=200"], { input: numbers(200).join("\n") });
    expect(await kcat(["-C", "-t", topic, "-o", "beginning", "-e"])).toEqual(numbers(200));
    expect(new Set(await storedCompressions(broker, topic))).toEqual(new Set([codec]));
  },
);

test("librdkafka: keys, headers, tombstones and offsets come back as they were sent", async () => {
  await kcat(["-P", "-t", "records", "-K:", "-H", "h1=v1", "-H", "h2=v2"], { input: "a:1\nb:2\n" });
  await kcat(["-P", "-t", "records", "-K:", "-Z"], { input: "a:\n" });
  const format = "%p %o %k|%s|%S|%h\\n";
  expect(await kcat(["-C", "-t", "records", "-o", "beginning", "-e", "-f", format])).toEqual([
    "0 0 a|1|1|h1=v1,h2=v2",
    "0 1 b|2|1|h1=v1,h2=v2",
    "0 2 a||-1|",
  ]);
  expect(broker.records("records").map(({ value }) => value?.toString() ?? null)).toEqual(["1", "2", null]);
});

test("librdkafka: places in the log are found from the end and by time", async () => {
  const topic = "places";
  await kcat(["-P", "-t", topic], { input: numbers(5).join("\n") });
  expect(await kcat(["-C", "-t", topic, "-o", "-2", "-e", "-f", "%o\\n"])).toEqual(["3", "4"]);
  expect(await kcat(["-C", "-t", topic, "-o", "3", "-e", "-f", "%o\\n"])).toEqual(["3", "4"]);
  expect(await kcat(["-C", "-t", topic, "-o", "s@1", "-e", "-f", "%o\\n"])).toEqual(["0", "1", "2", "3", "4"]);
  expect(await kcat(["-Q", "-t", `${topic}:0:1`])).toEqual([`${topic} [0] offset 0`]);
  expect(await kcat(["-Q", "-t", `${topic}:0:-1`])).toEqual([`${topic} [0] offset 5`]);
  const afterNow = Date.now() + 60_000;
  expect(await kcat(["-Q", "-t", `${topic}:0:${afterNow}`])).toEqual([`${topic} [0] offset -1`]);
});

test("librdkafka: idempotent and unacknowledged producers lose nothing", async () => {
  await kcat(["-P", "-t", "exact", "-X", "enable.idempotence=true"], { input: numbers(1000).join("\n") });
  await kcat(["-P", "-t", "exact", "-X", "acks=0"], { input: numbers(10).join("\n") });
  expect(await kcat(["-C", "-t", "exact", "-o", "beginning", "-e"])).toEqual([...numbers(1000), ...numbers(10)]);
});

test("librdkafka: a group goes on where it has committed", async () => {
  const consume = [
    "-X",
    "auto.offset.reset=earliest",
    "-X",
    "enable.auto.offset.store=true",
    "-e",
    "-f",
    "%o\\n",
    "-G",
    "resumed-group",
    "resumed",
  ];
  await kcat(["-P", "-t", "resumed"], { input: numbers(3).join("\n") });
  expect(await kcat(consume)).toEqual(["0", "1", "2"]);
  expect(broker.offsets("resumed-group")).toMatchObject([{ topic: "resumed", partition: 0, offset: 3 }]);
  expect(await kcat(consume)).toEqual([]);
  await kcat(["-P", "-t", "resumed"], { input: "one more" });
  expect(await kcat(consume)).toEqual(["3"]);
  expect(broker.groups().find(({ groupId }) => groupId === "resumed-group")).toMatchObject({ state: "Empty", protocolType: "consumer" });
});

test.each(strategies)(
  "librdkafka: two members share a group's partitions by %s, and the one that stays gets them all",
  async (strategy) => {
    const [topic, groupId] = [`shared-${strategy}`, `shared-${strategy}-group`];
    const settings = ["auto.offset.reset=earliest", `partition.assignment.strategy=${strategy}`, "heartbeat.interval.ms=100"];
    const consume = settings.flatMap((setting) => ["-X", setting]);
    const join = (): RunningProgram => {
      const member = startProgram("kcat", ["-q", "-u", "-b", broker.brokers[0]!, ...consume, "-f", "%p:%s\\n", "-G", groupId, topic]);
      members.push(member);
      return member;
    };
    const produce = async (value: string) => {
      for (const partition of ["0", "1", "2", "3"]) await kcat(["-P", "-t", topic, "-p", partition], { input: value });
    };
    const stableWith = (count: number) =>
      waitFor(() =>
        broker.groups().some((group) => group.groupId === groupId && group.state === "Stable" && group.members.length === count),
      );
    const members: RunningProgram[] = [];
    try {
      const [first, second] = [join(), join()];
      await stableWith(2);
      await produce("both");
      await waitFor(() => first.lines.length === 2 && second.lines.length === 2);
      expect([...first.lines, ...second.lines].toSorted()).toEqual(["0:both", "1:both", "2:both", "3:both"]);
      await second.stop();
      await stableWith(1);
      await produce("one");
      await waitFor(() => first.lines.length === 6);
      expect(first.lines.slice(2).toSorted()).toEqual(["0:one", "1:one", "2:one", "3:one"]);
    } finally {
      await Promise.all(members.map((member) => member.stop()));
    }
    expect(broker.offsets(groupId).map(({ offset }) => offset)).toEqual([2, 2, 2, 2]);
  },
);

test("librdkafka: the metadata it lists is the cluster's", async () => {
  await kcat(["-P", "-t", "listed"], { input: "1" });
  const [listed] = await kcat(["-L", "-J"]);
  const { controllerid, brokers, topics } = JSON.parse(listed!) as {
    readonly controllerid: number;
    readonly brokers: unknown[];
    readonly topics: { readonly topic: string }[];
  };
  expect([controllerid, brokers]).toEqual([1, [{ id: 1, name: broker.brokers[0] }]]);
  expect(topics.find(({ topic }) => topic === "listed")).toEqual({
    topic: "listed",
    partitions: [{ partition: 0, leader: 1, replicas: [{ id: 1 }], isrs: [{ id: 1 }] }],
  });
});

test("librdkafka: a broker that is called localhost is reached by that name", async () => {
  const lines = await outputOf("kcat", ["-b", `localhost:${broker.port}`, "-L", "-t", "by-name"]);
  expect(lines).toContain(`broker 1 at ${broker.brokers[0]} (controller)`);
  await using named = await startEmbeddedKafka({ host: "localhost" });
  await outputOf("kcat", ["-b", named.brokers[0]!, "-P", "-t", "by-name"], { input: "reached" });
  expect(await outputOf("kcat", ["-q", "-b", named.brokers[0]!, "-C", "-t", "by-name", "-o", "beginning", "-e"])).toBe("reached\n");
});
