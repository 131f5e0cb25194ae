import { expect, test } from "vitest";
import type { MessageDefinition } from "./definition.ts";
import { renderInterfaces } from "./render-interfaces.ts";
import { renderSchema } from "./render-schemas.ts";

const message: MessageDefinition = {
  name: "ExampleRequest",
  type: "request",
  validVersions: "1-4",
  flexibleVersions: "3+",
  commonStructs: [{ name: "Shared", fields: [{ name: "Flag", type: "bool", versions: "0+", default: "true" }] }],
  fields: [
    { name: "Topic", type: "string", versions: "0-2", nullableVersions: "1+", default: "null", ignorable: true },
    { name: "MaxBytes", type: "int32", versions: "3+", default: "0x7fffffff" },
    { name: "HighWatermark", type: "int64", versions: "4", default: "9223372036854775807", tag: 1, taggedVersions: "4+" },
    { name: "Parts", type: "[]Part", versions: "0+", fields: [{ name: "Records", type: "records", versions: "0+" }] },
    { name: "Shared", type: "Shared", versions: "2+" },
  ],
};

test("a schema keeps names, types, versions, tags and defaults that differ from the type's own", () => {
  expect(renderSchema(message)).toBe(`  ExampleRequest: () => ({
    minVersion: 1, maxVersion: 4, flexibleFrom: 3,
    fields: [
      { name: "topic", type: "string", versions: [0, 2], nullable: [1], default: null, ignorable: true },
      { name: "maxBytes", type: "int32", versions: [3], default: 2147483647 },
      { name: "highWatermark", type: "int64", versions: [4, 4], tag: 1, tagged: [4], default: Number.MAX_SAFE_INTEGER },
      { name: "parts", type: "[]struct", versions: [0], fields: [
        { name: "records", type: "records", versions: [0] },
      ] },
      { name: "shared", type: "struct", versions: [2], fields: [
        { name: "flag", type: "bool", versions: [0], default: true },
      ] },
    ],
  }),
`);
});

test("interfaces hold the fields of all versions; a common struct is named after the message alone", () => {
  expect(renderInterfaces(message)).toBe(`export interface ExampleRequest {
  topic: string | null;
  maxBytes: number;
  highWatermark: number;
  parts: ExampleRequestParts[];
  shared: ExampleRequestShared;
}

export interface ExampleRequestShared {
  flag: boolean;
}

export interface ExampleRequestParts {
  records: Buffer;
}
`);
});

test("a field that overrides flexibility stops the generator, and so does a default it cannot read", () => {
  const one = (extra: object): MessageDefinition => ({
    ...message,
    fields: [{ name: "A", type: "int32", versions: "0+", ...extra }],
  });
  expect(() => renderSchema(one({ flexibleVersions: "none" }))).toThrow("flexibleVersions of a field is not supported");
  expect(() => renderSchema(one({ default: "many" }))).toThrow("default many is not understood");
});
