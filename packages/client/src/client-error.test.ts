import { TimedOutError } from "@millrace/core";
import { KafkaError } from "@millrace/kafka";
import { errorCodes } from "@millrace/protocol";
import { expect, test } from "vitest";
import { brokerError, clientError } from "./client-error.ts";

const context = { what: 'Producing to "t"', brokers: "127.0.0.1:1" };

test.each([
  ["UNKNOWN_TOPIC_OR_PARTITION", "KAFKA_UNKNOWN_TOPIC", true],
  ["MESSAGE_TOO_LARGE", "KAFKA_MESSAGE_TOO_LARGE", false],
  ["NOT_LEADER_OR_FOLLOWER", "KAFKA_BROKER_ERROR", true],
  ["TOPIC_AUTHORIZATION_FAILED", "KAFKA_BROKER_ERROR", false],
  ["REQUEST_TIMED_OUT", "KAFKA_TIMED_OUT", true],
  ["SASL_AUTHENTICATION_FAILED", "KAFKA_AUTHENTICATION_FAILED", false],
] as const)("the broker's %s becomes %s", (name, code, retryable) => {
  const error = brokerError(errorCodes[name], { ...context, topic: "t", partition: 3 });
  expect(error).toMatchObject({ code, kafkaError: name, retryable, topic: "t", partition: 3 });
  expect(error.message).toContain(name);
});

test("what the broker says beside the code is in the message", () => {
  expect(brokerError(errorCodes.INVALID_CONFIG, context, "bad value").message).toContain("(bad value)");
});

test("a time-out names the brokers and may pass", () => {
  const cause = new TimedOutError("asking", 500);
  const error = clientError(cause, context);
  expect(error).toMatchObject({ code: "KAFKA_TIMED_OUT", retryable: true, cause });
  expect(error.message).toContain("127.0.0.1:1");
});

test("our own errors stay as they are", () => {
  const error = new KafkaError({ code: "COMMIT_STALE", message: "x" });
  expect(clientError(error, context)).toBe(error);
});

test.each([["text"], [undefined], [new TypeError("not a function")]])("anything else is a client error", (thrown) => {
  expect(clientError(thrown, context)).toMatchObject({ code: "KAFKA_CLIENT_ERROR", retryable: false });
});
