import { type ReferencedSchema, type SchemaSerdeOptions, schemaDescriptor, schemaText } from "../schema-descriptor.ts";
import type { SerdeDescriptor } from "../serde.ts";
import { SerdeError } from "../serde-error.ts";
import { protoMessages, protoType } from "./proto-schema.ts";
import { type ProtobufMessage, ProtobufSerde } from "./protobuf-serde.ts";

/** Options of `protobuf`. */
export interface ProtobufOptions extends SchemaSerdeOptions {
  /** The message of the topic, with or without the file's package. @default the first message of the file */
  readonly message?: string | undefined;
  /**
   * What the file imports, and what that imports, each under the name that the import statement says. The well-known types under `google/protobuf/`
   * need not be named.
   * @default none
   */
  readonly references?: readonly ReferencedSchema[] | undefined;
  /**
   * `number`: a 64-bit integer beyond 2^53 - 1 is an error. `bigint`: every 64-bit integer is a BigInt, both ways.
   * @default "number"
   */
  readonly long?: "number" | "bigint" | undefined;
  /** Whether fields keep the names of the file; else `order_id` is `orderId`. @default false */
  readonly keepCase?: boolean | undefined;
}

/**
 * Protobuf with the registry framing: byte 0, schema id, message indexes, body. `schema` is the text of a .proto file (proto2, proto3 or an edition).
 *
 * Values are plain objects. Enums are the names of their values (numbers where they have none), bytes are `Buffer`s, maps are objects, 64-bit integers
 * are numbers. What is read has every field without presence, with its default; a field with presence (`optional`, messages, oneofs, proto2) is there
 * only if it was written. Of a oneof at most one field may be given.
 *
 * Bytes of any version of the message are read with this schema, as Protobuf intends; fields it does not know are passed over. Bytes that lack the
 * message indexes, as some clients write them, are read too.
 * @throws SerdeError (`SERDE_INVALID_SCHEMA`) at once, and from `bind` (`SERDE_NO_SCHEMA_SOURCE`) when the binding has no schema source.
 */
export function protobuf<T = unknown>(schema: string, options: ProtobufOptions = {}): SerdeDescriptor<T> {
  const { references = [], long = "number", keepCase = false } = options;
  const messages = protoMessages(schema);
  const prefix = messages.package === "" ? "" : `${messages.package}.`;
  const wanted = options.message ?? messages.first;
  const name = wanted?.startsWith(prefix) === true ? wanted.slice(prefix.length) : wanted;
  if (name === undefined || messages.indexesOf(name) === undefined) {
    throw new SerdeError(
      "SERDE_INVALID_SCHEMA",
      name === undefined ? "the Protobuf schema has no message" : `the Protobuf schema has no message ${name}`,
    );
  }
  const imports = references.map((reference) => ({ name: reference.name, text: schemaText(reference.schema) }));
  const message: ProtobufMessage = { type: protoType(schema, `${prefix}${name}`, imports, keepCase), name, messages, long };
  return schemaDescriptor({
    format: "protobuf",
    type: "PROTOBUF",
    text: schema,
    name: `${prefix}${name}`,
    references,
    options,
    serde: (parts) => new ProtobufSerde<T>(parts, message),
  });
}
