import type { Dialect } from "./dialect.ts";

const prefix = "__connect.errors.";
/** Stages in which bytes become values. */
const converting: ReadonlySet<string | undefined> = new Set(["KEY_CONVERTER", "VALUE_CONVERTER", "HEADER_CONVERTER"]);

/** Kafka Connect's sink connectors (KIP-298). Their group is `connect-` and the connector's name. */
export const kafkaConnect: Dialect = {
  name: "kafka-connect",
  owns: (header) => header.startsWith(prefix),
  read(headers) {
    const topic = headers.firstText(`${prefix}topic`);
    if (topic === undefined) return undefined;
    const connector = headers.text(`${prefix}connector.name`);
    const task = headers.text(`${prefix}task.id`);
    return {
      topic,
      partition: headers.number(`${prefix}partition`),
      offset: headers.number(`${prefix}offset`),
      group: connector === undefined ? undefined : `connect-${connector}`,
      failure: {
        type: headers.text(`${prefix}exception.class.name`) ?? "unknown",
        message: headers.text(`${prefix}exception.message`) ?? "",
        stack: headers.text(`${prefix}exception.stacktrace`) ?? null,
      },
      disposition: converting.has(headers.text(`${prefix}stage`)) ? "undecodable" : undefined,
      consumer: connector === undefined || task === undefined ? undefined : `${connector}-${task}`,
    };
  },
};
