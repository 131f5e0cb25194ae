import type { Dialect } from "./dialect.ts";

const prefix = "__streams.errors.";

/** Kafka Streams (KIP-1034). The group is the application's id, which is not told. */
export const kafkaStreams: Dialect = {
  name: "kafka-streams",
  owns: (header) => header.startsWith(prefix),
  read(headers) {
    const topic = headers.firstText(`${prefix}topic`);
    if (topic === undefined) return undefined;
    return {
      topic,
      partition: headers.number(`${prefix}partition`),
      offset: headers.number(`${prefix}offset`),
      failure: {
        type: headers.text(`${prefix}exception`) ?? "unknown",
        message: headers.text(`${prefix}message`) ?? "",
        stack: headers.text(`${prefix}stacktrace`) ?? null,
      },
    };
  },
};
