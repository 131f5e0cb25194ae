import { expect, test } from "vitest";
import { serdesBenchmarks } from "../src/serdes/index.ts";

test("the serdes benchmarks run both sides on the embedded registry, after checking that both do the same", async () => {
  expect(serdesBenchmarks.map(({ name }) => name)).toEqual([
    "avro-encode-vs-csr",
    "avro-decode-vs-csr",
    "avro-reader-vs-csr",
    "avro-encode-vs-confluent",
    "avro-decode-vs-confluent",
    "json-encode-vs-csr",
    "protobuf-encode-vs-csr",
  ]);
  for (const benchmark of serdesBenchmarks) {
    const prepared = await benchmark.setup({});
    try {
      expect(await prepared.ours()).toBeGreaterThan(0);
      expect(await prepared.peer?.()).toBeGreaterThan(0);
    } finally {
      await prepared.close();
    }
  }
});
