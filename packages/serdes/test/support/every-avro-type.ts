/** Fields of every type that Avro has, but for records. */
export const everyAvroType = [
  { name: "flag", type: "boolean" },
  { name: "int", type: "int" },
  { name: "long", type: "long" },
  { name: "float", type: "float" },
  { name: "double", type: "double" },
  { name: "text", type: "string" },
  { name: "bytes", type: "bytes" },
  { name: "fixed", type: { type: "fixed", name: "Four", size: 4 } },
  { name: "state", type: { type: "enum", name: "State", symbols: ["A", "B", "C"] } },
  { name: "maybe", type: ["null", "string"] },
  { name: "list", type: { type: "array", items: "double" } },
  { name: "map", type: { type: "map", values: "string" } },
] as const;
