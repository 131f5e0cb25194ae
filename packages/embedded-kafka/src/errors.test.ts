import { readFileSync } from "node:fs";
import { errorTableProblems } from "@millrace/testing";
import { expect, test } from "vitest";
import * as embeddedKafka from "./index.ts";

const cause = new Error("behind it");
const rows = [
  {
    class: embeddedKafka.ListenError,
    error: new embeddedKafka.ListenError("127.0.0.1", 9_092, { cause }),
    cause,
    json: {
      code: "LISTEN_FAILED",
      message: "embedded Kafka cannot listen on 127.0.0.1 port 9092: behind it; choose another port, or 0 for a free one",
      retryable: false,
      host: "127.0.0.1",
      port: 9_092,
    },
  },
  {
    class: embeddedKafka.RefusedRequestError,
    error: new embeddedKafka.RefusedRequestError("Produce", 2, "too old", { cause }),
    cause,
    json: {
      code: "REQUEST_REFUSED",
      message: "Produce request of version 2 was refused: too old",
      retryable: false,
      api: "Produce",
      version: 2,
    },
  },
];

test("every exported error keeps its name, codes, brand, fields and cause, is JSON-safe and is in the README", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  expect(errorTableProblems({ exports: embeddedKafka, readme, rows })).toEqual([]);
});
