import type { Dialect } from "./dialect.ts";

const prefix = "kafka_dlt-";
const retryPrefix = "retry_topic-";
const undecodable = /DeserializationException$/;

/** Spring for Apache Kafka: `DeadLetterPublishingRecoverer`, and `@RetryableTopic`. Numbers are big-endian. */
export const spring: Dialect = {
  name: "spring",
  owns: (header) => header.startsWith(prefix) || header.startsWith(retryPrefix),
  read(headers) {
    const topic = headers.firstText(`${prefix}original-topic`);
    if (topic === undefined) return undefined;
    const thrown = headers.text(`${prefix}exception-fqcn`);
    const keyFailure = headers.text(`${prefix}key-exception-fqcn`);
    const cause = headers.text(`${prefix}exception-cause-fqcn`);
    const part = thrown === undefined && keyFailure !== undefined ? "key-exception" : "exception";
    return {
      topic,
      partition: headers.binaryNumber(`${prefix}original-partition`),
      offset: headers.binaryNumber(`${prefix}original-offset`),
      timestamp: headers.binaryNumber(`${prefix}original-timestamp`),
      group: headers.text(`${prefix}original-consumer-group`),
      failure: {
        // What a listener threw is wrapped; its cause says more.
        type: cause ?? thrown ?? keyFailure ?? "unknown",
        message: headers.text(`${prefix}${part}-message`) ?? "",
        stack: headers.text(`${prefix}${part}-stacktrace`) ?? null,
      },
      disposition: [thrown, cause, keyFailure].some((name) => name !== undefined && undecodable.test(name)) ? "undecodable" : undefined,
      attempts: headers.binaryNumber(`${retryPrefix}attempts`) ?? headers.binaryNumber("kafka_deliveryAttempt"),
    };
  },
};
