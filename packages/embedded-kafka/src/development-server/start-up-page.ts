import type { EmbeddedKafkaOptions } from "../embedded-kafka-options.ts";
import type { EmbeddedKafka } from "../start-embedded-kafka.ts";

/** How to call the command. */
export const helpPage = `embedded-kafka: a Kafka broker for development, in memory, on this machine only.

  --port 9092         port to listen on; 0 takes a free one
  --host 127.0.0.1    a loopback address; localhost is 127.0.0.1 and ::1
  --topic orders:6    a topic that is there from the start, with its partitions; may be repeated
  --partitions 1      partitions of a topic that is made without saying how many
  --no-auto-create    topics are made only when they are created, not when they are named
  --nodes 1           brokers in the cluster; the ports after --port are theirs
  --ports 9092,9095   a port for each of them instead
  --first-node-id 0   id of the first broker; without it 1 for one broker, and 0 for the first of several
  --help              this page

Ctrl-C stops it, and everything it holds is gone.
`;

/** What the server says when it is ready: where it is, what it is, how to use it. */
export function startUpPage({ brokers }: Pick<EmbeddedKafka, "brokers">, options: EmbeddedKafkaOptions): string {
  const address = brokers.join(",");
  const { autoCreateTopics = true, defaultPartitions = 1, topics = [] } = options;
  const partitions = (count: number): string => `${count} partition${count === 1 ? "" : "s"}`;
  const made = autoCreateTopics ? `made when they are named, with ${partitions(defaultPartitions)}` : "made only when they are created";
  const seeded = topics.map((topic) => `${topic.name} (${partitions(topic.partitions ?? defaultPartitions)})`).join(", ");
  return `
Embedded Kafka is ready at ${address}

  ${brokers.length === 1 ? "one broker" : `${brokers.length} brokers`} of Apache Kafka's protocol 4.3, in memory, for development and tests
  topics    ${seeded === "" ? made : `${seeded}; others are ${made}`}
  kafkajs   new Kafka({ brokers: [${brokers.map((broker) => JSON.stringify(broker)).join(", ")}] })
  kcat      kcat -b ${address} -L
  limits    no security, no real replication, this machine only; stopping it forgets everything

Ctrl-C stops it.
`;
}
