import { AbortedError, fixed, retry, TimedOutError } from "@millrace/core";
import { KafkaError } from "@millrace/kafka";
import { expect, test } from "vitest";
import { createClassifier } from "./classify-failure.ts";

class CardDeclined extends Error {}

test("without rules an error of millrace that is not retryable is a dead letter, however deep it lies; all else is retried", () => {
  const classify = createClassifier();
  expect(classify(new AbortedError("it"))).toBe("dead-letter");
  expect(classify(new Error("outer", { cause: new Error("middle", { cause: new AbortedError("it") }) }))).toBe("dead-letter");
  expect(classify(new TimedOutError("it", 1))).toBe("retry");
  expect(classify(new Error("plain"))).toBe("retry");
  for (const thrown of ["a text", null, undefined, 0, Object.create(null)]) expect(classify(thrown)).toBe("retry");
});

test("the outermost error that a rule fits decides: by class, by code, by the broker's name, by a function", () => {
  const classify = createClassifier({
    rules: [
      { error: CardDeclined, is: "skip" },
      { error: "ECONNREFUSED", is: "retry-later" },
      { error: "TOPIC_AUTHORIZATION_FAILED", is: "halt" },
      { error: 429, is: "retry-later" },
      { error: { matches: (error) => error === "poison" }, is: "dead-letter" },
    ],
    otherwise: "retry",
  });
  expect(classify(new CardDeclined("no"))).toBe("skip");
  expect(classify(new Error("payment", { cause: new CardDeclined("no") }))).toBe("skip");
  expect(classify(Object.assign(new Error("refused"), { code: "ECONNREFUSED" }))).toBe("retry-later");
  expect(classify(new KafkaError({ code: "KAFKA_BROKER_ERROR", message: "no", kafkaError: "TOPIC_AUTHORIZATION_FAILED" }))).toBe("halt");
  expect(classify(Object.assign(new Error("slow"), { code: 429 }))).toBe("retry-later");
  expect(classify("poison")).toBe("dead-letter");
  expect(classify(Object.assign(new CardDeclined("no"), { cause: "poison" }))).toBe("skip");
  expect(classify(new AbortedError("it"))).toBe("retry");
});

test("[001-27] with rules for four broker errors only these are tried again, anything else fails at its first attempt", async () => {
  const names = ["LEADER_NOT_AVAILABLE", "REQUEST_TIMED_OUT", "BROKER_NOT_AVAILABLE", "NETWORK_EXCEPTION"];
  const codes = [5, 7, 8, 13];
  const classify = createClassifier({ rules: [...names, ...codes].map((error) => ({ error, is: "retry" })), otherwise: "dead-letter" });
  const attempts = async (error: unknown): Promise<number> => {
    let made = 0;
    const work = (): Promise<never> => {
      made++;
      return Promise.reject(error);
    };
    await expect(retry(work, fixed({ attempts: 4, delayMs: 0 }), { shouldRetry: (failed) => classify(failed) === "retry" })).rejects.toBe(
      error,
    );
    return made;
  };
  const brokerError = (kafkaError: string): KafkaError => new KafkaError({ code: "KAFKA_BROKER_ERROR", message: "no", kafkaError });
  for (const name of names) expect(await attempts(brokerError(name))).toBe(4);
  for (const code of codes) expect(await attempts(Object.assign(new Error("no"), { code }))).toBe(4);
  for (const other of [new Error("no"), brokerError("INVALID_TOPIC_EXCEPTION"), Object.assign(new Error("no"), { code: 6 }), "text"])
    expect(await attempts(other)).toBe(1);
});

test("causes that go in a circle, never end or throw when looked at are survived", () => {
  const classify = createClassifier({ rules: [{ error: "X", is: "skip" }] });
  const circle = new Error("a");
  circle.cause = new Error("b", { cause: circle });
  expect(classify(circle)).toBe("retry");
  let chain: object = {};
  for (let depth = 0; depth < 1_000; depth++) chain = { cause: chain };
  expect(classify(chain)).toBe("retry");
  const hostile = new Proxy(
    {},
    {
      get: () => {
        throw new Error("looked at");
      },
    },
  );
  expect(classify(hostile)).toBe("retry");
});
