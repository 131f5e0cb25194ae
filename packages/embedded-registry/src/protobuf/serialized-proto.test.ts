import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeFileDescriptor } from "./file-descriptor.ts";
import { normalProtobuf, protobufIdentity } from "./protobuf-text.ts";
import { protoText, serializedProto } from "./serialized-proto.ts";

const shop = `syntax = "proto3";
package shop.v1;
import "google/protobuf/timestamp.proto";
import "shop/money.proto";
option java_package = "com.shop";
option objc_class_prefix = "SHP";
option optimize_for = SPEED;

// An order.
message Order {
  reserved 20, 22 to 24;
  reserved "old";
  string order_id = 1; /* its name */
  optional int32 priority = 2;
  map<string, Item> items = 3;
  map<string, int64> item_counts = 12;
  oneof payment {
    string card = 4;
    Item voucher = 5;
  }
  google.protobuf.Timestamp placed_at = 6;
  State state = 7;
  repeated int32 codes = 8 [packed = false];
  Money total = 9;
  string legacy = 10 [deprecated = true];
  message Item {
    enum Kind { KIND_UNKNOWN = 0; KIND_GIFT = 1; }
    Kind kind = 1;
    sint64 count = 2;
  }
}
enum State {
  option allow_alias = true;
  STATE_UNKNOWN = 0;
  STATE_OPEN = 1;
  STATE_NEW = 1;
}
service Orders {
  rpc Place(Order) returns (Order);
  rpc Watch(stream Order) returns (stream Item);
}
message Item { bytes body = 1; }
`;
const references = [{ name: "shop/money.proto", schema: 'syntax = "proto3"; package shop.v1; message Money { int64 units = 1; }' }];

test("a .proto text is described with full names, and its description is read back as the same schema", () => {
  const serialized = serializedProto(shop, references);
  const file = decodeFileDescriptor(Buffer.from(serialized, "base64"));
  expect(file).toMatchObject({ package: "shop.v1", syntax: "proto3", dependency: ["google/protobuf/timestamp.proto", "shop/money.proto"] });
  const order = file.messageType![0]!;
  expect(file.messageType!.map(({ name }) => name)).toEqual(["Order", "Item"]);
  const typeOf = Object.fromEntries(order.field!.map(({ name, typeName }) => [name, typeName]));
  expect(typeOf).toMatchObject({
    items: ".shop.v1.Order.ItemsEntry",
    item_counts: ".shop.v1.Order.ItemCountsEntry",
    voucher: ".shop.v1.Order.Item",
    placed_at: ".google.protobuf.Timestamp",
    state: ".shop.v1.State",
    total: ".shop.v1.Money",
  });
  expect(order.nestedType!.map(({ name }) => name)).toEqual(["ItemsEntry", "ItemCountsEntry", "Item"]);
  expect(order.nestedType![0]!.field![1]!.typeName).toBe(".shop.v1.Order.Item");
  expect(order.oneofDecl!.map(({ name }) => name)).toEqual(["payment", "_priority"]);

  const text = protoText(serialized);
  for (const option of ['java_package = "com.shop"', 'objc_class_prefix = "SHP"', "optimize_for = SPEED"])
    expect(text).toContain(`option ${option};\n`);
  for (const line of ["optional int32 priority = 2;", "map<string, int64> item_counts = 12;", "string legacy = 10 [deprecated = true];"])
    expect(text).toContain(`  ${line}\n`);
  expect(text).toContain("reserved 20, 22 to 24;");
  expect(text).toContain("option allow_alias = true;");
  expect(text).toContain("rpc Watch (stream .shop.v1.Order) returns (stream .shop.v1.Item);");
  // Described again it is the same, so nothing was lost on the way there and back.
  expect(serializedProto(text, references)).toBe(serialized);
});

test("proto2 keeps its labels, defaults, extensions and groups of options", () => {
  const text =
    "package old;\nmessage A {\n  required string id = 1;\n  optional int32 size = 2 [default = 7];\n  repeated A more = 3;\n  extensions 100 to 199;\n}\n";
  const printed = protoText(serializedProto(text, []));
  expect(printed).toContain('syntax = "proto2";');
  expect(printed).toContain("  required string id = 1;\n  optional int32 size = 2 [default = 7];\n  repeated .old.A more = 3;\n");
});

test("what is no description is a text, and what cannot be described is refused", () => {
  for (const text of ["message", "syntax", 'syntax = "proto3";', "AAAA", "/w=="]) expect(protoText(text)).toBe(text);
  expect(() => serializedProto('syntax = "proto3"; import "none.proto"; message A { None none = 1; }', [])).toThrow(/cannot be described/);
  fc.assert(
    fc.property(fc.base64String({ maxLength: 200 }), (text) => {
      expect(typeof protoText(text)).toBe("string");
    }),
    { numRuns: 2_000 },
  );
});

test("comments and white space do not make another schema, and the normal form has neither", () => {
  const other = shop.replaceAll(/\s+\/\/.*\n|\/\*.*\*\//g, "\n").replaceAll("\n", " \n\t");
  expect(protobufIdentity(other)).toBe(protobufIdentity(shop));
  expect(protobufIdentity(shop.replace("priority = 2", "priority = 13"))).not.toBe(protobufIdentity(shop));
  const normal = normalProtobuf(shop);
  expect(normalProtobuf(other)).toBe(normal);
  expect(normalProtobuf(normal)).toBe(normal);
  expect(protobufIdentity(normal)).toBe(protobufIdentity(shop));
  expect(normal).toContain("  oneof payment {\n    string card = 4;\n    Item voucher = 5;\n  }\n");
  expect(normal).toContain("  map<string, Item> items = 3;\n");
  const twoImports = 'syntax="proto3";import "b.proto";import "a.proto";message A{}';
  expect(normalProtobuf(twoImports)).toContain('import "a.proto";\nimport "b.proto";');
});
