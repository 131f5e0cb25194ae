import fc from "fast-check";
import { expect, test } from "vitest";
import { ClosedError } from "./core-error.ts";
import { formatLogfmt } from "./logfmt.ts";

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
