import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { findKafkaTools } from "@millrace/cluster";

/** What Kafka's own tool says of a group on a partition; null where it says `-`. */
export interface KafkaLag {
  readonly topic: string;
  readonly partition: number;
  readonly committed: number | null;
  readonly end: number | null;
  readonly lag: number | null;
}

/** Runs ConsumerGroupCommand of Apache Kafka for these groups: for all groups it gives up at one that it cannot describe, such as another test's in a rebalance. */
export async function lagByKafka(brokers: readonly string[], groups: readonly string[]): Promise<ReadonlyMap<string, readonly KafkaLag[]>> {
  const { program, parameters } = await findKafkaTools();
  const command = ["org.apache.kafka.tools.consumer.group.ConsumerGroupCommand", "--bootstrap-server", brokers.join(",")];
  const chosen = groups.flatMap((group) => ["--group", group]);
  const all = [...parameters, ...command, "--describe", ...chosen, "--timeout", "60000"];
  const { stdout } = await promisify(execFile)(program, all, { timeout: 90_000, maxBuffer: 64 * 1_048_576 });
  const rows = stdout
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , partition]) => /^\d+$/.test(partition ?? ""));
  const number = (text: string | undefined): number | null => (text === undefined || text === "-" ? null : Number(text));
  return new Map(
    [...Map.groupBy(rows, ([group]) => group as string)].map(([group, found]) => [
      group,
      found.map(([, topic, partition, committed, end, lag]) => ({
        topic: topic as string,
        partition: Number(partition),
        committed: number(committed),
        end: number(end),
        lag: number(lag),
      })),
    ]),
  );
}
