import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { findKafkaTools } from "@millrace/cluster";
import type { Benchmark } from "../benchmark.ts";
import { benchTopic, ourKafka, valueBytes } from "./our-kafka.ts";
import { ourSend, rate } from "./send-benchmarks.ts";

const run = promisify(execFile);
const work = { callers: 2, batch: 1_000, calls: 100 };
const javaMessages = 500_000;

/**
 * Batches of a thousand beside Kafka's own performance tool, whose rate is its own: the start of Java does not count, its warming up does. For the record
 * only: it sends single messages with `linger.ms` 0 and never waits for an answer.
 */
export const batchVsJava: Benchmark = {
  name: "batch-vs-java",
  unit: "messages/s",
  setup: async ({ kafkaBrokers: brokers = [] }) => {
    const { program, parameters } = await findKafkaTools();
    const topic = benchTopic("java");
    const kafka = ourKafka("platformatic", brokers);
    const admin = kafka.admin();
    await admin.ensureTopics([topic]);
    const producer = kafka.producer({ acks: "all", idempotent: false });
    const javaParameters = [
      // Its compiler may do its best.
      ...parameters.filter((parameter) => !parameter.startsWith("-XX:TieredStopAtLevel")),
      "org.apache.kafka.tools.ProducerPerformance",
      "--topic",
      topic.name,
      "--num-records",
      String(javaMessages),
      "--record-size",
      String(valueBytes),
      "--throughput",
      "-1",
      "--producer-props",
      `bootstrap.servers=${brokers.join(",")}`,
      "acks=all",
      "enable.idempotence=false",
      "linger.ms=0",
    ];
    return {
      ours: () => rate(work, ourSend(producer, topic, work)),
      peer: async () => {
        const { stdout } = await run(program, javaParameters);
        const said = /([\d.]+) records\/sec/.exec(stdout.trim().split("\n").at(-1) ?? "")?.[1];
        if (said === undefined) throw new Error(`Kafka's performance tool said no rate: ${stdout.slice(-500)}`);
        return Number(said);
      },
      close: async () => {
        await admin.deleteTopics([topic.name], { timeoutMs: 10_000 });
        await kafka.close();
      },
    };
  },
};
