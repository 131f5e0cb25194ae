import { context, trace } from "@opentelemetry/api";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createInstrumentation } from "../src/index.ts";
import { creationOf, MessageContext } from "../src/message-context.ts";
import { startTestTelemetry } from "./support/telemetry.ts";

type Header = readonly [name: string, value: Buffer | null];

const hex = (length: number): fc.Arbitrary<string> => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));
const garbage = fc.oneof(
  fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
  fc
    .tuple(fc.constantFrom("00", "ff", "01", "zz"), hex(32), hex(16), fc.constantFrom("00", "01", "g1"))
    .map((parts) => Buffer.from(parts.join("-"))),
  fc.constant(null),
);
const headers = fc.array(
  fc.tuple(fc.constantFrom("traceparent", "tracestate", "baggage", "correlation-id", "millrace.origin.topic", "x"), garbage),
  {
    maxLength: 6,
  },
);

test("whatever stands in headers, nothing throws, and what is linked to is valid", async () => {
  const telemetry = startTestTelemetry();
  const instrumentation = createInstrumentation({ spans: "message" });
  fc.assert(
    fc.property(headers, fc.option(fc.uint8Array()), (given: readonly Header[], key) => {
      const message = { headers: given, key, value: null, offset: 1 };
      const creation = creationOf(message);
      if (creation !== undefined) expect(creation).toMatchObject({ traceId: expect.stringMatching(/^[0-9a-f]{32}$/) as string });
      const operation = { topic: "orders", partition: 0, messageCount: 1, messages: [message] };
      instrumentation.begin({ name: "poll", ...operation })();
      const processing = instrumentation.beginProcessing({ name: "process", ...operation })!;
      expect(processing.attempt(message, 1, () => 7)).toBe(7);
      processing.attempted(message, 1, { error: key });
      expect(processing.within(message, () => trace.getSpanContext(context.active())?.traceId.length)).toBe(32);
      processing.end();
    }),
  );
  await telemetry.stop();
});

test("a message's context is read when it is asked for, and keeps what is put into it apart", () => {
  startTestTelemetry();
  const traceparent = Buffer.from("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  const own = new MessageContext({ headers: [["traceparent", traceparent]] });
  const key = Symbol("mine");
  const more = own.setValue(key, 1);
  expect([own.getValue(key), more.getValue(key), more.deleteValue(key).getValue(key)]).toEqual([undefined, 1, undefined]);
  expect(trace.getSpanContext(own.deleteValue(key))).toMatchObject({ spanId: "b7ad6b7169203331", isRemote: true });
  expect(creationOf({ headers: [["traceparent", traceparent]] })).toEqual({
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    traceFlags: 1,
    isRemote: true,
  });
});
