import { expect, test } from "vitest";
import { createRatesCollector } from "./rates-collector.ts";

test("[001-29] rates of producer and consumer are collected, and missing figures are 0", () => {
  let now = 1_000;
  const clock = { now: () => now, monotonic: () => now, schedule: () => () => {} };
  const sent = { storedBytes: 100, batches: 2 };
  const received = { deliveredBytes: 0, delivered: 0 };
  const collector = createRatesCollector({ producer: { statistics: () => sent }, consumer: { statistics: () => received }, clock });
  now += 2_000;
  Object.assign(sent, { storedBytes: 500, batches: 6 });
  Object.assign(received, { deliveredBytes: 3_000, delivered: 50 });
  expect(collector.collect()).toEqual({
    producer: { outgoing_byte_rate: 200, request_rate: 2, response_rate: 2 },
    consumer: { incoming_byte_rate: 1_500, records_consumed_rate: 25 },
    timestamp: 3_000,
  });
  const none = {
    producer: { outgoing_byte_rate: 0, request_rate: 0, response_rate: 0 },
    consumer: { incoming_byte_rate: 0, records_consumed_rate: 0 },
  };
  expect(collector.collect()).toEqual({ ...none, timestamp: 3_000 });
  const partly = createRatesCollector({ producer: { statistics: () => ({}) }, clock });
  now += 1_000;
  expect(partly.collect()).toEqual({ ...none, timestamp: 4_000 });
});
