import { expect, test } from "vitest";
import { elementType, fieldsOf, isStruct, kebabCase, lowerFirst, parseDefinition, parseVersions } from "./definition.ts";

test("comment lines of a message file are left behind, text that looks like one inside a value is not", () => {
  expect(parseDefinition('// a licence\n{\n  // a note\n  "name": "A // B", "fields": []\n}')).toMatchObject({ name: "A // B" });
});

test("version ranges are closed, open, single or absent", () => {
  expect([parseVersions("3-7"), parseVersions("3+"), parseVersions("3"), parseVersions("none"), parseVersions(undefined)]).toEqual([
    [3, 7],
    [3, undefined],
    [3, 3],
    undefined,
    undefined,
  ]);
  expect(() => parseVersions("3..7")).toThrow('version range "3..7" is not understood');
});

test("names become TypeScript's", () => {
  expect(lowerFirst("TopicData")).toBe("topicData");
  expect(kebabCase("DescribeTopicPartitions")).toBe("describe-topic-partitions");
});

test("structs are told from primitives, and a primitive the codec does not know stops the generator", () => {
  expect(elementType("[]int32")).toBe("int32");
  expect([isStruct("uuid"), isStruct("TopicData")]).toEqual([false, true]);
  expect(() => isStruct("uint64")).toThrow("teach the codec first");
});

test("a struct's fields are its own or those of the message's common struct", () => {
  const inner = { name: "Id", type: "int32", versions: "0+" };
  const message = parseDefinition(JSON.stringify({ name: "M", fields: [], commonStructs: [{ name: "Common", fields: [inner] }] }));
  expect(fieldsOf(message, { name: "A", type: "[]Common", versions: "0+" })).toEqual([inner]);
  expect(fieldsOf(message, { name: "A", type: "Own", versions: "0+", fields: [] })).toEqual([]);
  expect(() => fieldsOf(message, { name: "A", type: "Absent", versions: "0+" })).toThrow("M: struct Absent has no fields");
});
