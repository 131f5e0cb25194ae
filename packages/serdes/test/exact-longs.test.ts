import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const program = `
import { createInMemorySchemas } from ${JSON.stringify(new URL("../src/index.ts", import.meta.url).href)};
import { protobuf } from ${JSON.stringify(new URL("../src/protobuf/index.ts", import.meta.url).href)};

const binding = { topic: "t", part: "value", source: createInMemorySchemas() };
const schema = 'syntax = "proto3"; message M { int64 a = 1; map<int64, bool> b = 2; }';
const [numbers, bigints] = [protobuf(schema), protobuf(schema, { long: "bigint" })].map((descriptor) => descriptor.bind(binding));
bigints.prepareToSerialize();
const data = bigints.serialize({ a: 9007199254740993n, b: { "-9007199254740993": true } });
for (const serde of [numbers, bigints]) serde.prepareToDeserialize(data);
const { a, b } = bigints.deserialize(data);
console.log(String(a), Object.keys(b).join());
try {
  numbers.deserialize(data);
} catch (error) {
  console.log(error.code);
}
`;

test("64-bit integers of Protobuf are exact also in a process in which protobufjs does not find its library for them", async () => {
  const parameters = ["--conditions=import", "--conditions=@millrace/source", "--input-type=module", "--eval", program];
  const { stdout } = await promisify(execFile)(process.execPath, parameters, { timeout: 30_000 });
  expect(stdout).toBe("9007199254740993 -9007199254740993\nSERDE_UNSAFE_INTEGER\n");
});
