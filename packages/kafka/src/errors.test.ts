import { readFileSync } from "node:fs";
import { MillraceError } from "@millrace/core";
import { expect, test } from "vitest";
import * as kafka from "./index.ts";

const cause = new Error("behind it");
const codes: readonly kafka.KafkaErrorCode[] = [
  "KAFKA_UNREACHABLE",
  "KAFKA_TIMED_OUT",
  "KAFKA_DISCONNECTED",
  "KAFKA_BROKER_ERROR",
  "KAFKA_UNKNOWN_TOPIC",
  "KAFKA_MESSAGE_TOO_LARGE",
  "KAFKA_BUFFER_FULL",
  "KAFKA_INVALID_PARTITION",
  "PARTITION_NOT_HELD",
  "COMMIT_STALE",
  "NO_OFFSET",
  "PROCESSING_TIMED_OUT",
  "HANDLER_FAILED",
  "CAPABILITY_REFUSED",
  "KAFKA_AUTHENTICATION_FAILED",
  "KAFKA_CLIENT_ERROR",
];
const errors = codes.map((code) => ({
  error: new kafka.KafkaError({
    code,
    message: "what happened",
    cause,
    kafkaError: "NOT_LEADER_OR_FOLLOWER",
    topic: "orders",
    partition: 3,
  }),
  class: kafka.KafkaError,
}));
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

for (const { error, class: errorClass } of errors) {
  test(`${errorClass.name} ${error.code} keeps its name, code, brand and cause, is JSON-safe and is in the README`, () => {
    expect(error.name).toBe(errorClass.name);
    expect(errorClass.is(error)).toBe(true);
    expect(errorClass.is(new Error("another"))).toBe(false);
    expect(MillraceError.is(error)).toBe(true);
    expect(error.cause).toBe(cause);
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({
      name: errorClass.name,
      code: error.code,
      message: error.message,
      kafkaError: "NOT_LEADER_OR_FOLLOWER",
      topic: "orders",
      partition: 3,
      cause: { message: "behind it" },
    });
    expect(readme).toContain(errorClass.name);
    expect(readme).toContain(error.code);
  });
}

test("codes are unique and every exported error class is in the table", () => {
  expect(new Set(errors.map(({ error }) => error.code)).size).toBe(errors.length);
  const exported = Object.values(kafka).filter((value) => typeof value === "function" && value.prototype instanceof MillraceError);
  expect(new Set(errors.map((row) => row.class))).toEqual(new Set(exported));
});
