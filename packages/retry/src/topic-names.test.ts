import { checkTopicName, unescapeTopicPart } from "@millrace/topics";
import fc from "fast-check";
import { expect, test } from "vitest";
import { RetryError } from "./retry-error.ts";
import { auditTopicName, deadLetterTopicName, isDeadLetterTopic, isRetryTopicOf, retryTopicName } from "./topic-names.ts";

test("[X-01] dead-letter topics are named with a prefix or a suffix, are told by either, and have no dead-letter topics of their own", () => {
  expect(deadLetterTopicName("orders")).toBe("dlq.orders");
  expect(deadLetterTopicName("orders", "suffix")).toBe("orders.dead-letter");
  expect(["dlq.orders", "orders.dead-letter", "orders", "orders.dlq"].map(isDeadLetterTopic)).toEqual([true, true, false, false]);
  for (const topic of ["dlq.orders", "orders.dead-letter"]) {
    for (const naming of ["prefix", "suffix"] as const) {
      expect(() => deadLetterTopicName(topic, naming)).toThrow(expect.objectContaining({ code: "RETRY_BAD_TOPIC_NAME" }));
    }
  }
});

test("a group becomes part of a legal topic name, and comes back from it", () => {
  expect(retryTopicName("orders", "billing")).toBe("orders.retry.billing");
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: "binary", minLength: 1, maxLength: 12 }), fc.constantFrom("team a/billing:v2", "..", "ä", "_", "%")),
      (group) => {
        const name = retryTopicName("orders", group);
        expect(checkTopicName(name)).toEqual([]);
        expect(unescapeTopicPart(name.slice("orders.retry.".length))).toBe(group);
        expect(isRetryTopicOf(name, "orders", group)).toBe(true);
        expect(isRetryTopicOf(name, "order", group)).toBe(false);
      },
    ),
  );
});

test("names of 249 characters are the longest; beyond, the error names the topic they were made from", () => {
  expect(deadLetterTopicName("a".repeat(245))).toHaveLength(249);
  expect(retryTopicName("a".repeat(235), "billing")).toHaveLength(249);
  for (const make of [
    () => deadLetterTopicName("a".repeat(246)),
    () => retryTopicName("a".repeat(236), "billing"),
    () => auditTopicName("a".repeat(244)),
  ]) {
    try {
      make();
      expect.unreachable();
    } catch (error) {
      expect(RetryError.is(error) && error.code).toBe("RETRY_BAD_TOPIC_NAME");
      expect((error as Error).message).toContain("249");
    }
  }
  expect(auditTopicName("dlq.orders")).toBe("dlq.orders.audit");
});
