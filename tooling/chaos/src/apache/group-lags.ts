import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { findKafkaTools } from "@millrace/cluster";

/** Lag by group and topic, as Apache Kafka's own `ConsumerGroupCommand` tells it. */
export async function groupLags(
  brokers: readonly string[],
  groups: readonly string[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>> {
  const { program, parameters } = await findKafkaTools();
  const { stdout } = await promisify(execFile)(
    program,
    [
      ...parameters,
      "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand",
      "--bootstrap-server",
      brokers.join(","),
      "--describe",
      ...groups.flatMap((group) => ["--group", group]),
      "--timeout",
      "30000",
    ],
    { timeout: 120_000, maxBuffer: 64 * 1_048_576 },
  );
  const lags = new Map<string, Map<string, number>>();
  for (const line of stdout.split("\n")) {
    // GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG ...; a partition without an offset has "-" there.
    const [group = "", topic = "", partition, , end, lag] = line.trim().split(/\s+/);
    if (!groups.includes(group) || !/^\d+$/.test(partition ?? "")) continue;
    const topics = lags.get(group) ?? new Map<string, number>();
    topics.set(topic, (topics.get(topic) ?? 0) + Number(lag === "-" ? end : lag));
    lags.set(group, topics);
  }
  return lags;
}
