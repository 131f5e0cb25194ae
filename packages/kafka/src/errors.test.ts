import { readFileSync } from "node:fs";
import { errorTableProblems } from "@millrace/testing";
import { expect, test } from "vitest";
import * as kafka from "./index.ts";

const cause = new Error("behind it");
const codes: Record<kafka.KafkaErrorCode, true> = {
  KAFKA_UNREACHABLE: true,
  KAFKA_TIMED_OUT: true,
  KAFKA_DISCONNECTED: true,
  KAFKA_BROKER_ERROR: true,
  KAFKA_UNKNOWN_TOPIC: true,
  KAFKA_MESSAGE_TOO_LARGE: true,
  KAFKA_BUFFER_FULL: true,
  KAFKA_INVALID_PARTITION: true,
  PARTITION_NOT_HELD: true,
  COMMIT_STALE: true,
  GROUP_NOT_EMPTY: true,
  PRODUCER_FENCED: true,
  TRANSACTION_ABORTABLE: true,
  TRANSACTION_ABORTED: true,
  TRANSACTION_STATE: true,
  NO_OFFSET: true,
  PROCESSING_TIMED_OUT: true,
  HANDLER_FAILED: true,
  CAPABILITY_REFUSED: true,
  KAFKA_AUTHENTICATION_FAILED: true,
  KAFKA_CLIENT_ERROR: true,
};
const fields = { message: "what happened", kafkaError: "NOT_LEADER_OR_FOLLOWER", topic: "orders", partition: 3, group: "billing" };
const rows = (Object.keys(codes) as kafka.KafkaErrorCode[]).map((code) => ({
  class: kafka.KafkaError,
  error: new kafka.KafkaError({ code, ...fields, cause }),
  cause,
  json: { code, ...fields, retryable: false },
}));

test("every exported error keeps its name, codes, brand, fields and cause, is JSON-safe and is in the README", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  expect(errorTableProblems({ exports: kafka, readme, rows })).toEqual([]);
});

test("an error that stands for several tells each of them in JSON", () => {
  const failures = ["a", "b"].map((topic) => new kafka.KafkaError({ code: "KAFKA_UNKNOWN_TOPIC", message: `no ${topic}`, topic, cause }));
  const error = new kafka.KafkaError({ code: "KAFKA_UNKNOWN_TOPIC", message: "two failed", failures });
  expect(JSON.parse(JSON.stringify(error))).toMatchObject({
    message: "two failed",
    failures: [
      { name: "KafkaError", code: "KAFKA_UNKNOWN_TOPIC", message: "no a", topic: "a", cause: { message: "behind it" } },
      { name: "KafkaError", message: "no b", topic: "b" },
    ],
  });
});
