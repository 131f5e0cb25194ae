import { KafkaError } from "@millrace/kafka";
import { errorCodes } from "@millrace/protocol";
import { expect, test } from "vitest";
import { brokerError, clientError, isPassing } from "./client-error.ts";

const named = (name: string, more: object = {}): Error => Object.assign(new Error("what kafkajs said."), { name, ...more });
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

test.each([
  ["KafkaJSConnectionError", "KAFKA_UNREACHABLE"],
  ["KafkaJSBrokerNotFound", "KAFKA_UNREACHABLE"],
  ["KafkaJSConnectionClosedError", "KAFKA_DISCONNECTED"],
  ["KafkaJSRequestTimeoutError", "KAFKA_TIMED_OUT"],
  ["KafkaJSLockTimeout", "KAFKA_TIMED_OUT"],
])("kafkajs's %s becomes %s, names the brokers and may pass", (name, code) => {
  const cause = named(name);
  const error = clientError(cause, context);
  expect(error).toMatchObject({ code, retryable: true, cause });
  expect(error.message).toContain("127.0.0.1:1");
  expect(isPassing(cause)).toBe(true);
});

test("what kafkajs wrapped after its retries is unwrapped", () => {
  const wrapped = named("KafkaJSNumberOfRetriesExceeded", { cause: named("KafkaJSConnectionError") });
  expect(clientError(wrapped, context).code).toBe("KAFKA_UNREACHABLE");
});

test("a protocol error of kafkajs's keeps the broker's error", () => {
  const error = clientError(named("KafkaJSProtocolError", { type: "GROUP_AUTHORIZATION_FAILED", code: 30 }), context);
  expect(error).toMatchObject({ code: "KAFKA_BROKER_ERROR", kafkaError: "GROUP_AUTHORIZATION_FAILED" });
});

test("wrong credentials do not pass, and the message says nothing of them", () => {
  const error = clientError(named("KafkaJSSASLAuthenticationError", { message: "password hunter2 is wrong" }), context);
  expect(error).toMatchObject({ code: "KAFKA_AUTHENTICATION_FAILED", retryable: false });
  expect(error.message).not.toContain("hunter2");
});

test("our own errors stay as they are", () => {
  const error = new KafkaError({ code: "COMMIT_STALE", message: "x" });
  expect(clientError(error, context)).toBe(error);
});

test.each([["text"], [undefined], [named("TypeError")]])("anything else is a client error", (thrown) => {
  expect(clientError(thrown, context)).toMatchObject({ code: "KAFKA_CLIENT_ERROR", retryable: false });
});
