import { KafkaError } from "@millrace/kafka";
import { AuthenticationError, MultipleErrors, NetworkError, ProtocolError } from "@platformatic/kafka";
import { expect, test } from "vitest";
import { exchangeError, openingError } from "./platformatic-error.ts";

test("what could not be connected to is unreachable, named, with the reason, and may pass", () => {
  const cause = new Error("connect ECONNREFUSED 127.0.0.1:1");
  const error = openingError(new NetworkError("Connection to 127.0.0.1:1 failed.", { cause }), "127.0.0.1:1");
  expect(error).toMatchObject({ code: "KAFKA_UNREACHABLE", retryable: true, cause });
  expect(error.message).toContain("Broker 127.0.0.1:1 could not be reached: connect ECONNREFUSED 127.0.0.1:1.");
});

test("wrong credentials do not pass, and the message says nothing of them", () => {
  for (const map of [openingError, exchangeError]) {
    const error = map(new AuthenticationError("password hunter2 is wrong"), "a:1");
    expect(error).toMatchObject({ code: "KAFKA_AUTHENTICATION_FAILED", retryable: false });
    expect(error.message).not.toContain("hunter2");
  }
});

test("a refusal of the broker's keeps its name, however deep it lies", () => {
  const refused = new ProtocolError("UNSUPPORTED_SASL_MECHANISM");
  const error = openingError(new NetworkError("Connection failed.", { cause: new MultipleErrors("Several.", [refused]) }), "a:1");
  expect(error).toMatchObject({ code: "KAFKA_AUTHENTICATION_FAILED", kafkaError: "UNSUPPORTED_SASL_MECHANISM" });
  expect(openingError(new ProtocolError("REQUEST_TIMED_OUT"), "a:1")).toMatchObject({ code: "KAFKA_TIMED_OUT", retryable: true });
});

test("whatever else ends an exchange is a lost connection; our own errors stay as they are", () => {
  expect(exchangeError("text", "a:1")).toMatchObject({ code: "KAFKA_DISCONNECTED", retryable: true });
  const own = new KafkaError({ code: "KAFKA_TIMED_OUT", message: "x" });
  expect(exchangeError(own, "a:1")).toBe(own);
  expect(openingError(new NetworkError("wrapped", { cause: own }), "a:1")).toBe(own);
  const lost = new KafkaError({ code: "KAFKA_DISCONNECTED", message: "gone" });
  expect(exchangeError(lost, "a:1")).toBe(lost);
  expect(openingError(lost, "a:1")).toMatchObject({ code: "KAFKA_UNREACHABLE", retryable: true, cause: lost });
});

test("a chain of causes that bites its own tail has an end", () => {
  const error = new NetworkError("round");
  error.cause = error;
  expect(exchangeError(error, "a:1").message).toContain("round");
});
