import kafkajsPackage from "kafkajs";

/** kafkajs with its own defaults, silent. */
export function rawKafkajs(brokers: string[]): kafkajsPackage.Kafka {
  return new kafkajsPackage.Kafka({ brokers, clientId: "bench", logLevel: kafkajsPackage.logLevel.NOTHING });
}

/** A producer with the partitioner that does not warn. */
export function rawProducer(kafka: kafkajsPackage.Kafka): kafkajsPackage.Producer {
  return kafka.producer({ createPartitioner: kafkajsPackage.Partitioners.DefaultPartitioner });
}

/** A thousand messages with values of 200 bytes. */
export function thousandMessages(): { readonly value: Buffer }[] {
  return Array.from({ length: 1_000 }, () => ({ value: Buffer.alloc(200, "x") }));
}
