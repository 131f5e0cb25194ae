import type { KafkaRecord } from "@millrace/kafka";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readForeignDeadLetter } from "./foreign-dead-letter.ts";

type HeaderValue = string | Buffer | null;

function recordWith(headers: readonly (readonly [string, HeaderValue])[]): KafkaRecord {
  return {
    topic: "orders-dlt",
    partition: 3,
    offset: 77,
    timestamp: 1_000,
    key: Buffer.from("k"),
    value: Buffer.from([0, 255]),
    headers: headers.map(([name, value]) => [name, typeof value === "string" ? Buffer.from(value) : value] as const),
  };
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

const plain = [["trace", "t1"]] as const;

test("Spring's: big-endian numbers, group, cause, stack and attempts; its headers go, the original's stay", () => {
  const record = recordWith([
    ...plain,
    ["kafka_dlt-original-topic", "orders"],
    ["kafka_dlt-original-partition", int32(5)],
    ["kafka_dlt-original-offset", int64(4_294_967_299n)],
    ["kafka_dlt-original-timestamp", int64(1_700_000_000_000n)],
    ["kafka_dlt-original-timestamp-type", "CreateTime"],
    ["kafka_dlt-original-consumer-group", "billing"],
    ["kafka_dlt-exception-fqcn", "org.springframework.kafka.listener.ListenerExecutionFailedException"],
    ["kafka_dlt-exception-cause-fqcn", "com.example.CardDeclined"],
    ["kafka_dlt-exception-message", "Listener failed; declined"],
    ["kafka_dlt-exception-stacktrace", "at com.example"],
    ["retry_topic-attempts", int32(4)],
  ]);
  expect(readForeignDeadLetter(record)).toEqual({
    id: "orders/5/4294967299/billing",
    origin: { topic: "orders", partition: 5, offset: 4_294_967_299, timestamp: 1_700_000_000_000 },
    group: "billing",
    key: record.key,
    value: record.value,
    headers: [["trace", Buffer.from("t1")]],
    failure: { type: "com.example.CardDeclined", message: "Listener failed; declined", code: null, stack: "at com.example" },
    disposition: "unknown",
    attempts: 4,
    redrives: 0,
    failedAt: 1_000,
    consumerId: "spring",
  });
});

test("Spring's: one that could not be decoded, key or value; one that failed twice keeps its first place and its last failure", () => {
  const undecodable = recordWith([
    ["kafka_dlt-original-topic", "orders"],
    ["kafka_dlt-key-exception-fqcn", "org.springframework.kafka.support.serializer.DeserializationException"],
    ["kafka_dlt-key-exception-message", "bad key"],
  ]);
  expect(readForeignDeadLetter(undecodable, "billing")).toMatchObject({
    id: "orders-dlt/3/77/billing",
    origin: { topic: "orders", partition: -1, offset: -1, timestamp: 1_000 },
    disposition: "undecodable",
    failure: { message: "bad key" },
  });
  const twice = recordWith([
    ["kafka_dlt-original-topic", "orders"],
    ["kafka_dlt-original-topic", "orders-retry"],
    ["kafka_dlt-exception-fqcn", "First"],
    ["kafka_dlt-exception-fqcn", "Second"],
    ["retry_topic-attempts", Buffer.from([3])],
  ]);
  expect(readForeignDeadLetter(twice)).toMatchObject({ origin: { topic: "orders" }, failure: { type: "Second" }, attempts: 3 });
});

test("Kafka Streams', Connect's and SmallRye's: numbers in digits; the group of a connector is known, the others' is asked for", () => {
  const streams = recordWith([
    ...plain,
    ["__streams.errors.topic", "orders"],
    ["__streams.errors.partition", "5"],
    ["__streams.errors.offset", "12"],
    ["__streams.errors.exception", "java.lang.IllegalStateException"],
    ["__streams.errors.message", "no"],
    ["__streams.errors.stacktrace", "at x"],
  ]);
  expect(readForeignDeadLetter(streams, "app")).toMatchObject({
    id: "orders/5/12/app",
    group: "app",
    headers: [["trace", Buffer.from("t1")]],
    failure: { type: "java.lang.IllegalStateException", message: "no", stack: "at x" },
    consumerId: "kafka-streams",
  });
  const connect = recordWith([
    ["__connect.errors.topic", "orders"],
    ["__connect.errors.partition", "5"],
    ["__connect.errors.offset", "12"],
    ["__connect.errors.connector.name", "sink"],
    ["__connect.errors.task.id", "2"],
    ["__connect.errors.stage", "VALUE_CONVERTER"],
    ["__connect.errors.class.name", "org.apache.kafka.connect.json.JsonConverter"],
    ["__connect.errors.exception.class.name", "org.apache.kafka.connect.errors.DataException"],
    ["__connect.errors.exception.message", "not JSON"],
  ]);
  expect(readForeignDeadLetter(connect)).toMatchObject({
    id: "orders/5/12/connect-sink",
    group: "connect-sink",
    headers: [],
    disposition: "undecodable",
    failure: { type: "org.apache.kafka.connect.errors.DataException", message: "not JSON", stack: null },
    consumerId: "sink-2",
  });
  const smallrye = recordWith([
    ["dead-letter-topic", "orders"],
    ["dead-letter-partition", "5"],
    ["dead-letter-offset", "12"],
    ["dead-letter-reason", "outer"],
    ["dead-letter-cause", "inner"],
    ["dead-letter-exception-class-name", "a.Outer"],
    ["dead-letter-cause-class-name", "a.Inner"],
  ]);
  expect(readForeignDeadLetter(smallrye, "quarkus")).toMatchObject({
    id: "orders/5/12/quarkus",
    headers: [],
    failure: { type: "a.Inner", message: "inner" },
  });
});

test("Watermill's tell neither partition nor offset: the letter's own place makes its id", () => {
  const record = recordWith([
    ...plain,
    ["reason_poisoned", "no"],
    ["topic_poisoned", "orders"],
    ["handler_poisoned", "bill"],
    ["subscriber_poisoned", "kafka.Subscriber"],
  ]);
  expect(readForeignDeadLetter(record, "billing")).toMatchObject({
    id: "orders-dlt/3/77/billing",
    origin: { topic: "orders", partition: -1, offset: -1 },
    headers: [["trace", Buffer.from("t1")]],
    failure: { type: "unknown", message: "no" },
    consumerId: "bill",
  });
});

test("a record of nobody's is none, and no headers make it throw", () => {
  expect(readForeignDeadLetter(recordWith(plain))).toBeUndefined();
  const names = ["kafka_dlt-original-topic", "kafka_dlt-original-partition", "kafka_dlt-original-offset", "__streams.errors.topic"];
  const more = ["__streams.errors.offset", "__connect.errors.topic", "dead-letter-topic", "topic_poisoned", "reason_poisoned"];
  const header = fc.tuple(
    fc.constantFrom(...names, ...more),
    fc.option(fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes))),
  );
  fc.assert(
    fc.property(fc.array(header, { maxLength: 12 }), (headers) => {
      const letter = readForeignDeadLetter(recordWith(headers), "g");
      if (letter === undefined) return;
      expect(letter.key).toEqual(Buffer.from("k"));
      for (const number of [letter.origin.partition, letter.origin.offset]) expect(Number.isSafeInteger(number) && number >= -1).toBe(true);
    }),
  );
});
