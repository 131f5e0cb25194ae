import fc from "fast-check";
import { expect, test } from "vitest";
import { ClosedError } from "./core-error.ts";
import { formatEventLine, formatLogfmt } from "./logfmt.ts";

const line = (fields: Record<string, unknown>, message = "hello"): string =>
  formatLogfmt({ level: "info", time: new Date(0), message, fields });
const prefix = 'time=1970-01-01T00:00:00.000Z level=info msg="hello"';

test("numbers and booleans stay bare, texts are quoted, absent values are left out", () => {
  expect(line({ count: 3, ratio: 0.5, big: 12n, ok: true, topic: "a b", none: null, absent: undefined })).toBe(
    `${prefix} count=3 ratio=0.5 big=12 ok=true topic="a b"`,
  );
});

test("errors become code and message, a nameless failure its name", () => {
  const refused = Object.assign(new AggregateError([new Error("inner")]), { code: "ECONNREFUSED" });
  expect(line({ error: new ClosedError("producer"), plain: new Error("broken"), refused })).toBe(
    `${prefix} error="CLOSED: producer is closed" plain="broken" refused="ECONNREFUSED: AggregateError"`,
  );
});

test("other values are JSON, even with bigints; what cannot be JSON does not break the line", () => {
  const circular: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  circular["self"] = circular;
  expect(line({ offsets: [1n, 2], circular, symbol: Symbol("s") })).toBe(
    `${prefix} offsets="[\\"1\\",2]" circular="[not serialisable]" symbol="Symbol(s)"`,
  );
});

test("whatever a message and a field hold, an entry is one line whose quoted parts read back", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), fc.string(), (message, value, key) => {
      const text = line({ [`k${key}`]: value }, message);
      expect(text).not.toMatch(/[\n\r]/);
      const parts = /^time=\S+ level=info msg=("(?:[^"\\]|\\.)*") ([\w.-]+)=("(?:[^"\\]|\\.)*")$/s.exec(text);
      expect([parts?.[1], parts?.[3]].map((part) => JSON.parse(part ?? "null") as unknown)).toEqual([message, value]);
    }),
  );
});

const event = (message: string, fields: Record<string, unknown>): string =>
  formatEventLine({ level: "info", time: new Date(0), message, fields });

test("[004-54] an event is event=NAME trace_id=ID, texts quoted, numbers bare, nulls left out, errors as error_type and error_msg, the trace id a UUID", () => {
  const trace_id = "0af76519-16cd-43dd-8448-eb211c80319c";
  expect(event("order.placed", { topic: "a b", trace_id, count: 3, none: null, absent: undefined })).toBe(
    `event=order.placed trace_id=${trace_id} topic="a b" count=3`,
  );
  expect(event("order.failed", { error: new RangeError('too "big"'), trace_id: "0af7651916cd43dd8448eb211c80319c" })).toBe(
    `event=order.failed trace_id=${trace_id} error_type="RangeError" error_msg="too \\"big\\""`,
  );
  expect(event("two words", { error: "why", error_type: null })).toBe('event="two words" error_type="string" error_msg="why"');
  expect(event("given", { error_type: "Timeout", error_msg: "late" })).toBe('event=given error_type="Timeout" error_msg="late"');
});

test("an error that fails when it is looked at does not break the line", () => {
  const trap = (): never => {
    throw new Error("trap");
  };
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const getters = new Error("x");
  for (const name of ["name", "message", "code"]) Object.defineProperty(getters, name, { get: trap });
  for (const error of [proxy, new Proxy(new Error("x"), { get: trap, getPrototypeOf: trap }), getters]) {
    expect(line({ error })).toBe(`${prefix} error="[not serialisable]"`);
    expect(event("failed", { error })).toBe('event=failed error_type="object" error_msg="[not serialisable]"');
  }
});
