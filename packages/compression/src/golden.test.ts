import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createCodec } from "./codec.ts";
import type { CodecName } from "./codec-options.ts";

// Written by Kafka 4.3.1's own Java classes: test/golden/CompressionGolden.java. The same program has read what these codecs write.
const golden = JSON.parse(readFileSync(new URL("../test/golden/kafka-java.json", import.meta.url), "utf8")) as Record<string, string>;

const originals: Readonly<Record<string, Buffer>> = {
  small: Buffer.from("A record, and a record, and another record."),
  large: Buffer.from(Array.from({ length: 200_000 }, (_, index) => Math.floor(index / 1000) + (index % 7))),
};

test.each(Object.keys(golden))("what Kafka's Java client wrote is read: %s", (key) => {
  const [size, name] = key.split(".") as [string, CodecName];
  expect(
    createCodec(name)
      .decompress(Buffer.from(golden[key] as string, "base64"))
      .equals(originals[size] as Buffer),
  ).toBe(true);
});

test("the vectors cover all four codecs in both sizes", () => {
  expect(Object.keys(golden)).toHaveLength(8);
});
