import { KafkaError } from "@millrace/kafka";
import { expect, test } from "vitest";
import { exchangeError, openingError } from "./kafkajs-error.ts";

const named = (name: string, more: object = {}): Error => Object.assign(new Error("what kafkajs said."), { name, ...more });

test("what kafkajs could not connect to is unreachable, named, and may pass", () => {
  const cause = named("KafkaJSConnectionError");
  const error = openingError(named("KafkaJSNumberOfRetriesExceeded", { cause }), "127.0.0.1:1");
  expect(error).toMatchObject({ code: "KAFKA_UNREACHABLE", retryable: true, cause });
  expect(error.message).toContain("127.0.0.1:1");
  expect(error.message).toContain("what kafkajs said");
});

test("wrong credentials do not pass, and the message says nothing of them", () => {
  for (const map of [openingError, exchangeError]) {
    const error = map(named("KafkaJSSASLAuthenticationError", { message: "password hunter2 is wrong" }), "a:1");
    expect(error).toMatchObject({ code: "KAFKA_AUTHENTICATION_FAILED", retryable: false });
    expect(error.message).not.toContain("hunter2");
  }
});

test("a refusal of the broker's while connecting keeps its name", () => {
  const error = openingError(named("KafkaJSProtocolError", { type: "UNSUPPORTED_SASL_MECHANISM", code: 33 }), "a:1");
  expect(error).toMatchObject({ code: "KAFKA_AUTHENTICATION_FAILED", kafkaError: "UNSUPPORTED_SASL_MECHANISM" });
});

test("whatever else ends an exchange is a lost connection; our own errors stay as they are", () => {
  expect(exchangeError("text", "a:1")).toMatchObject({ code: "KAFKA_DISCONNECTED", retryable: true });
  const own = new KafkaError({ code: "KAFKA_TIMED_OUT", message: "x" });
  expect(exchangeError(own, "a:1")).toBe(own);
  expect(openingError(own, "a:1")).toBe(own);
  const lost = new KafkaError({ code: "KAFKA_DISCONNECTED", message: "gone" });
  expect(openingError(lost, "a:1")).toMatchObject({ code: "KAFKA_UNREACHABLE", retryable: true, cause: lost });
});
