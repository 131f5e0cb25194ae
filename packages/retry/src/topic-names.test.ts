import { checkTopicName, unescapeTopicPart } from "@millrace/topics";
import fc from "fast-check";
import { expect, test } from "vitest";
import { RetryError } from "./retry-error.ts";
import {
  auditTopicName,
  deadLetterTopicName,
  isDeadLetterTopic,
  isRetryTopicOf,
  retryTierTopicName,
  retryTopicName,
} from "./topic-names.ts";

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

test("the tiers of a retry topic have names of their own, which are no other group's", () => {
  expect(retryTierTopicName("orders", "billing", 2)).toBe("orders.retry.billing.2");
  const group = fc.oneof(fc.string({ minLength: 1, maxLength: 8 }), fc.constantFrom("g", "g.1", "g_1", "g.1.2", "g._1", "g-1"));
  fc.assert(
    fc.property(group, group, fc.integer({ min: 1, max: 30 }), (one, other, tier) => {
      const name = retryTierTopicName("orders", one, tier);
      expect(checkTopicName(name)).toEqual([]);
      expect(isRetryTopicOf(name, "orders", one)).toBe(true);
      // Brokers tell names apart by this.
      expect(name.replaceAll(".", "_")).not.toBe(retryTopicName("orders", other).replaceAll(".", "_"));
      for (const group of [other, `${one}.${tier}`]) expect(isRetryTopicOf(name, "orders", group)).toBe(group === one);
      expect(isRetryTopicOf(`${retryTopicName("orders", one)}.0${tier}`, "orders", one)).toBe(false);
    }),
  );
  expect(() => retryTierTopicName("a".repeat(235), "billing", 1)).toThrow(expect.objectContaining({ code: "RETRY_BAD_TOPIC_NAME" }));
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
