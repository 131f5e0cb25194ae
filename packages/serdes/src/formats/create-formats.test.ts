import { createLogger } from "@millrace/core";
import { expect, test } from "vitest";
import { avro } from "../avro.ts";
import { createInMemorySchemas } from "../in-memory-schemas.ts";
import { createFormats } from "./create-formats.ts";
import { pluginOf, type SerializerPlugin } from "./serializer-plugin.ts";

const upper: SerializerPlugin = ({ message, format }) => ({ serialized_message: `${format}:${String(message).toUpperCase()}`, format });
const failing: SerializerPlugin = () => {
  throw new Error("secret");
};

function warnings() {
  const lines: string[] = [];
  return { lines, logger: createLogger({ write: ({ level, message }) => lines.push(`${level} ${message}`) }) };
}

test("[002-01] a serializer says its formats and writes a message in one of them as text or bytes", async () => {
  const formats = createFormats({ plugins: { upper_serializer: upper } });
  expect(formats.getSupportedFormats()).toEqual(["json", "string", "bytes", "upper"]);
  const written = formats.serialize({ a: "größe" }, "json");
  expect(written).toBeInstanceOf(Promise);
  expect(await written).toBe('{"a":"größe"}');
  expect(await formats.serialize("a", "string")).toBe("a");
  expect(await formats.serialize("größe", "bytes")).toEqual(Buffer.from("größe"));
  expect(await formats.serialize(new Uint8Array([1]), "bytes")).toEqual(Buffer.from([1]));
});

test("[002-02] there are exactly three formats by default, and an unknown one is text where that is asked for", async () => {
  const { lines, logger } = warnings();
  const formats = createFormats({ fallback: true, logger });
  expect(formats.getSupportedFormats()).toEqual(["json", "string", "bytes"]);
  expect(await formats.serialize(7, "string")).toBe("7");
  for (const [message, text] of [
    [7, "7"],
    ["text", "text"],
    [null, "null"],
    [{ a: 1 }, "[object Object]"],
  ] as const) {
    expect(await formats.serialize(message, "xml")).toBe(text);
  }
  await expect(formats.serialize(Object.create(null), "xml")).rejects.toMatchObject({ code: "SERDE_UNKNOWN_FORMAT" });
  expect(await formats.serialize(1, "constructor")).toBe("1");
  expect(lines).toHaveLength(5);
  expect(lines[0]).toMatch(/^warn there is no format "xml", only json, string, bytes/);
});

test("[002-03] a plug-in is found by its name and called with message and format; a missing one is null, a failing one a warning and text", async () => {
  const { lines, logger } = warnings();
  const calls: unknown[] = [];
  const formats = createFormats({
    plugins: {
      custom_serializer(context, configuration) {
        calls.push([context, configuration]);
        return { serialized_message: Buffer.from("custom"), format: context.format };
      },
      broken_serializer: failing,
      odd_serializer: () => ({ serialized_message: 7 }) as never,
      none_serializer: () => undefined as never,
    },
    fallback: true,
    logger,
  });
  expect(await formats.serialize({ a: 1 }, "custom")).toEqual(Buffer.from("custom"));
  expect(calls).toEqual([[{ message: { a: 1 }, format: "custom" }, {}]]);
  expect(formats.plugin("custom_serializer")).toBeTypeOf("function");
  for (const name of ["custom", "missing_serializer", "toString"]) expect(formats.plugin(name)).toBeNull();
  for (const format of ["broken", "odd", "none"]) expect(await formats.serialize("text", format)).toBe("text");
  expect(lines).toEqual(
    ["broken", "odd", "none"].map((format) => expect.stringMatching(`^warn the plug-in ${format}_serializer failed`) as unknown),
  );
  expect(lines.join()).not.toContain("secret");
});

test("without the fallback an unknown format and a failing plug-in are errors, and so are values that a format cannot hold", async () => {
  const formats = createFormats({ plugins: { broken_serializer: failing } });
  for (const format of ["xml", "avro", "__proto__", "x".repeat(10_000)]) {
    await expect(formats.serialize({}, format)).rejects.toMatchObject({
      code: "SERDE_UNKNOWN_FORMAT",
      message: expect.stringMatching(/^.{1,250}$/) as unknown,
    });
    expect(() => formats.descriptor(format)).toThrow(expect.objectContaining({ code: "SERDE_UNKNOWN_FORMAT" }));
  }
  await expect(formats.serialize({}, "broken")).rejects.toMatchObject({ code: "SERDE_INVALID_VALUE", cause: expect.any(Error) as unknown });
  for (const [message, format] of [
    [{}, "string"],
    [null, "string"],
    [7, "bytes"],
    [undefined, "json"],
  ] as const) {
    await expect(formats.serialize(message, format)).rejects.toMatchObject({ code: "SERDE_INVALID_VALUE" });
  }
});

test("a format by name serves as a topic's: the built-in ones both ways, a plug-in of a serde with its bytes", async () => {
  const source = createInMemorySchemas();
  const formats = createFormats({
    plugins: { avro_serializer: pluginOf(avro("string"), { topic: "t", source }), upper_serializer: upper },
  });
  const binding = { topic: "t", part: "value" } as const;
  for (const [format, value] of [
    ["json", { a: 1 }],
    ["string", "text"],
    ["bytes", Buffer.from("raw")],
  ] as const) {
    const serde = formats.descriptor(format).bind(binding);
    expect(serde.deserialize(serde.serialize(value))).toEqual(value);
  }
  const serde = formats.descriptor("avro").bind(binding);
  await serde.prepareToSerialize("ab", []);
  const headers: [] = [];
  await serde.prepareToSerialize("ab", headers);
  const data = serde.serialize("ab", headers);
  expect(data.toString("hex")).toBe("0000000001046162");
  await serde.prepareToDeserialize(data);
  expect(serde.deserialize(data)).toBe(data);
  const text = formats.descriptor("upper").bind(binding);
  await text.prepareToSerialize("a", headers);
  expect(text.serialize("a", headers).toString()).toBe("upper:A");
  await expect(serde.prepareToSerialize(5, [])).rejects.toMatchObject({ code: "SERDE_INVALID_VALUE" });
});
