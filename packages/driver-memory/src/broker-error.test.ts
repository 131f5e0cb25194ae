import { errorCodes } from "@millrace/protocol";
import { expect, test } from "vitest";
import { brokerError, requireNone } from "./broker-error.ts";

test("a broker's answer becomes a KafkaError with its name, place and detail", () => {
  const error = brokerError(errorCodes.NOT_LEADER_OR_FOLLOWER, "producing to", { topic: "orders", partition: 2, detail: "elsewhere" });
  expect(error).toMatchObject({
    code: "KAFKA_BROKER_ERROR",
    kafkaError: "NOT_LEADER_OR_FOLLOWER",
    retryable: true,
    topic: "orders",
    partition: 2,
    message: "producing to orders/2 failed: the broker answered NOT_LEADER_OR_FOLLOWER (elsewhere)",
  });
  expect(brokerError(errorCodes.INVALID_GROUP_ID, "joining group g").message).toBe(
    "joining group g failed: the broker answered INVALID_GROUP_ID",
  );
});

test.each([
  ["UNKNOWN_TOPIC_OR_PARTITION", "KAFKA_UNKNOWN_TOPIC"],
  ["MESSAGE_TOO_LARGE", "KAFKA_MESSAGE_TOO_LARGE"],
  ["RECORD_LIST_TOO_LARGE", "KAFKA_MESSAGE_TOO_LARGE"],
  ["ILLEGAL_GENERATION", "COMMIT_STALE"],
  ["UNKNOWN_MEMBER_ID", "COMMIT_STALE"],
  ["FENCED_INSTANCE_ID", "COMMIT_STALE"],
  ["REQUEST_TIMED_OUT", "KAFKA_TIMED_OUT"],
  ["INVALID_REQUIRED_ACKS", "KAFKA_BROKER_ERROR"],
] as const)("%s is %s", (name, code) => {
  expect(brokerError(errorCodes[name], "asking")).toMatchObject({ code, kafkaError: name });
});

test("no error is no error", () => {
  expect(() => requireNone(errorCodes.NONE, "asking")).not.toThrow();
  expect(() => requireNone(errorCodes.INVALID_TOPIC_EXCEPTION, "creating topic", { topic: "a b" })).toThrow(
    "creating topic a b failed: the broker answered INVALID_TOPIC_EXCEPTION",
  );
});
