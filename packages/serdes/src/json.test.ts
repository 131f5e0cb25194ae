import fc from "fast-check";
import { expect, test } from "vitest";
import { json, jsonNull } from "./json.ts";
import { SerdeError } from "./serde-error.ts";

const serde = json().bind({ topic: "t", part: "value" });

test("every JSON value comes back as it went in, as compact text", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const data = serde.serialize(value);
      expect(data.toString()).toBe(JSON.stringify(value));
      expect(serde.deserialize(data)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
  expect(serde.prepareToSerialize()).toBeUndefined();
  expect(serde.prepareToDeserialize(Buffer.from("1"))).toBeUndefined();
});

test("[004-14] JSON's null is the text null, which jsonNull asks for where null is a tombstone, and which reading marks on request", () => {
  expect(serde.serialize(null).toString()).toBe("null");
  expect(serde.serialize(jsonNull).toString()).toBe("null");
  expect(serde.deserialize(Buffer.from("null"))).toBeNull();
  const marking = json<unknown>({ markNull: true }).bind({ topic: "t", part: "value" });
  expect(marking.deserialize(Buffer.from("null"))).toBe(jsonNull);
  expect(marking.deserialize(Buffer.from("[null]"))).toEqual([null]);
  expect(marking.serialize(marking.deserialize(Buffer.from("null"))).toString()).toBe("null");
});

test("[003-24] JSON is compact, keeps characters, writes dates as ISO text and class objects by their fields, and says when it fails", () => {
  class Position {
    readonly x = 1;
    readonly at = new Date(1_672_531_200_000);
    get doubled(): number {
      return this.x * 2;
    }
  }
  class Money {
    readonly #cents = 250;
    toJSON(): string {
      return `${this.#cents / 100} EUR`;
    }
  }
  const value = { key: "größe 😀", timestamp: new Date(0), nested: { list: [new Position()], price: new Money() }, none: undefined };
  const data = serde.serialize(value);
  expect(data).toEqual(
    Buffer.from(
      '{"key":"größe 😀","timestamp":"1970-01-01T00:00:00.000Z","nested":{"list":[{"x":1,"at":"2023-01-01T00:00:00.000Z"}],"price":"2.5 EUR"}}',
    ),
  );
  expect(serde.deserialize(data)).toMatchObject({ key: "größe 😀", nested: { price: "2.5 EUR" } });
  expect(() => serde.serialize(1n)).toThrow(
    expect.objectContaining({ message: expect.stringMatching(/^JSON serialization failed: /) as unknown }),
  );
  expect(() => serde.deserialize(Buffer.from("{"))).toThrow(
    expect.objectContaining({ message: expect.stringMatching(/^JSON deserialization failed: /) as unknown }),
  );
});

test("nesting beyond the stack is an error or a value, and the serde goes on working", () => {
  let deep: unknown = 1;
  for (let level = 0; level < 100_000; level++) deep = [deep];
  expect(() => serde.serialize(deep)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE" }));
  const data = Buffer.from(`${"[".repeat(1_000_000)}1`);
  expect(() => serde.deserialize(data)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_DATA" }));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 50 }), (body) => {
      try {
        serde.deserialize(Buffer.from(body));
      } catch (error) {
        if (!SerdeError.is(error)) throw error;
      }
    }),
  );
  expect(serde.deserialize(Buffer.from("1"))).toBe(1);
});

test("a value without a JSON form is refused: undefined, functions, big integers, cycles", () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  for (const value of [undefined, () => 1, 1n, cycle]) {
    expect(() => serde.serialize(value)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE" }));
  }
});

test("bytes that are no JSON are refused with a message that quotes none of them", () => {
  expect(() => serde.deserialize(Buffer.alloc(0))).toThrow(expect.objectContaining({ code: "SERDE_TRUNCATED" }));
  for (const data of [Buffer.from("{secret"), Buffer.from([0x22, 0xff, 0x22]), Buffer.from("1 2")]) {
    expect(() => serde.deserialize(data)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_DATA" }));
    expect(() => serde.deserialize(data)).not.toThrow(/secret/);
  }
});

test("parse checks and types what was decoded, and its refusal becomes the cause", () => {
  const refusal = new Error("not positive");
  const positive = json<number>({
    parse(value) {
      if (typeof value === "number" && value > 0) return value;
      throw refusal;
    },
  }).bind({ topic: "t", part: "value" });
  expect(positive.deserialize(Buffer.from("3"))).toBe(3);
  expect(() => positive.deserialize(Buffer.from("-3"))).toThrow(expect.objectContaining({ code: "SERDE_INVALID_DATA", cause: refusal }));
});

test("integers beyond 2^53 - 1 are never rounded unawares: an error, a bigint or, when asked for, the nearest number", () => {
  const reader = (largeIntegers: "refuse" | "bigint" | "round") => json<unknown>({ largeIntegers }).bind({ topic: "t", part: "value" });
  const [refuse, bigint, round] = [reader("refuse"), reader("bigint"), reader("round")];
  const large = Buffer.from('{"id":9007199254740993,"text":"9007199254740993","half":0.1234567890123456}');
  for (const strict of [serde, refuse]) {
    expect(() => strict.deserialize(large)).toThrow(expect.objectContaining({ code: "SERDE_UNSAFE_INTEGER" }));
  }
  expect(bigint.deserialize(large)).toEqual({ id: 9007199254740993n, text: "9007199254740993", half: 0.1234567890123456 });
  expect(bigint.serialize(bigint.deserialize(large))).toEqual(large);
  expect(round.deserialize(large)).toMatchObject({ id: 2 ** 53 });
  expect(() => serde.serialize({ id: 1n })).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE" }));
  // Nothing is lost here.
  for (const exact of ["9007199254740992", "1152921504606846976", "-1152921504606847000", "1e400", "123456789012345678.5"]) {
    expect(refuse.deserialize(Buffer.from(exact))).toBe(Number(exact));
  }
  for (let before = 0; before < 40; before++) {
    const shifted = Buffer.from(`["${"a".repeat(before)}",9007199254740993]`);
    expect(() => refuse.deserialize(shifted)).toThrow(expect.objectContaining({ code: "SERDE_UNSAFE_INTEGER" }));
  }
  expect(() => refuse.deserialize(Buffer.from("9".repeat(400)))).toThrow(expect.objectContaining({ code: "SERDE_UNSAFE_INTEGER" }));
  expect(() => bigint.deserialize(Buffer.from("9".repeat(400_000)))).toThrow(expect.objectContaining({ code: "SERDE_TOO_LARGE" }));
  expect(() => refuse.deserialize(Buffer.from("90071992547409930}"))).toThrow(expect.objectContaining({ code: "SERDE_INVALID_DATA" }));
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(refuse.deserialize(refuse.serialize(value))).toBe(value === 0 ? 0 : value);
    }),
  );
  fc.assert(
    fc.property(fc.bigInt(), (value) => {
      expect(BigInt(bigint.deserialize(bigint.serialize(value)) as number)).toBe(value);
    }),
  );
});
