import type { ReferencedSchema } from "@millrace/schema-compatibility";
import protobufjs from "protobufjs";
import descriptors from "protobufjs/ext/descriptor.js";
import { problems } from "../api-problem.ts";
import {
  type DescriptorOptions,
  decodeFileDescriptor,
  type EnumDescriptor,
  encodeFileDescriptor,
  type MessageDescriptor,
  type ServiceDescriptor,
} from "./file-descriptor.ts";
import { printProto } from "./print-proto.ts";

const { common, Enum, MapField, parse, Root, Service, Type } = protobufjs;

/** A .proto text, also where a client sends a file's description (base64 of a `FileDescriptorProto`) instead. */
export function protoText(schema: string): string {
  if (!/^[A-Za-z\d+/]+={0,2}$/.test(schema)) return schema;
  try {
    const file = decodeFileDescriptor(Buffer.from(schema, "base64"));
    return (file.messageType ?? file.enumType ?? file.service ?? file.syntax) === undefined ? schema : printProto(file);
  } catch {
    // No description, or one that lacks what every declaration has: as a text it will not be valid either.
    return schema;
  }
}

/**
 * The description of a .proto text: base64 of a `FileDescriptorProto`, which some clients ask for.
 * @throws ApiProblem 42201 when something that it imports is not known
 */
export function serializedProto(text: string, references: readonly ReferencedSchema[]): string {
  try {
    return describe(text, references).toString("base64");
  } catch (error) {
    throw problems.invalidSchema(`it cannot be described: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function describe(text: string, references: readonly ReferencedSchema[]): Buffer {
  const { EnumDescriptorProto, ServiceDescriptorProto } = descriptors;
  const root = new Root();
  const { package: packageName, imports = [] } = parse(text, root, { keepCase: true });
  const home = packageName === null || packageName === undefined ? root : root.lookup(packageName);
  const own = home instanceof protobufjs.Namespace ? [...home.nestedArray] : [];
  const given = new Map(references.map(({ name, schema }) => [name, schema]));
  const pending = [...imports];
  const seen = new Set<string>();
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const imported = given.get(path);
    if (imported !== undefined) pending.push(...(parse(imported, root, { keepCase: true }).imports ?? []));
    else root.addJSON(common.get(path)?.nested ?? {});
  }
  root.resolveAll();
  const syntax = /^\s*syntax\s*=\s*["']proto2["']/m.test(text) || !/^\s*(?:syntax|edition)\s*=/m.test(text) ? "proto2" : "proto3";
  return encodeFileDescriptor({
    name: "default",
    ...(packageName === null || packageName === undefined ? {} : { package: packageName }),
    dependency: imports,
    messageType: own.filter((object) => object instanceof Type).map((message) => describeMessage(message, syntax)),
    enumType: own
      .filter((object) => object instanceof Enum)
      .map((object) => EnumDescriptorProto.toObject(object.toDescriptor(), { enums: String }) as EnumDescriptor),
    service: own
      .filter((object) => object instanceof Service)
      .map((object) => ServiceDescriptorProto.toObject(object.toDescriptor(), { enums: String }) as ServiceDescriptor),
    options: fileOptions(home?.options),
    ...(syntax === "proto3" ? { syntax } : {}),
  });
}

/** Those that Protobuf itself knows; protobufjs keeps them as they are written. */
function fileOptions(options: Readonly<Record<string, unknown>> = {}): DescriptorOptions {
  const { FileOptions } = descriptors;
  const known = Object.entries(options).map(([name, value]) => [
    name.replaceAll(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase()),
    value,
  ]);
  return FileOptions.toObject(FileOptions.fromObject(Object.fromEntries(known) as object), { enums: String });
}

/** What protobufjs describes, with full names of types, the usual names of map entries, and made-up oneofs behind the others. */
function describeMessage(message: protobufjs.Type, syntax: string): MessageDescriptor {
  const { DescriptorProto } = descriptors;
  const description = DescriptorProto.toObject(message.toDescriptor(syntax), { enums: String }) as MessageDescriptor;
  const { field: fields = [], oneofDecl: oneofs = [], nestedType: nested = [] } = description;
  const invented = new Set(fields.filter((field) => field.proto3Optional === true).map((field) => field.oneofIndex));
  const order = [...oneofs.keys()].sort((left, right) => Number(invented.has(left)) - Number(invented.has(right)));
  // Entries of maps come first among the nested types, in the order of their fields.
  const entries: MessageDescriptor[] = [];
  for (const field of fields) {
    const reflected = message.fields[field.name]!.resolve();
    const typeName = reflected.resolvedType?.fullName;
    if (field.oneofIndex !== undefined) field.oneofIndex = order.indexOf(field.oneofIndex);
    if (reflected instanceof MapField) {
      const entry = nested[entries.length]!;
      const name = `${field.name.replaceAll(/(?:^|_)([a-z\d])/g, (_match, letter: string) => letter.toUpperCase())}Entry`;
      if (typeName !== undefined) entry.field![1]!.typeName = typeName;
      entries.push({ ...entry, name });
      field.typeName = `${message.fullName}.${name}`;
    } else if (typeName !== undefined) field.typeName = typeName;
  }
  const types = message.nestedArray.filter((object) => object instanceof Type).map((type) => describeMessage(type, syntax));
  return { ...description, oneofDecl: order.map((index) => oneofs[index]!), nestedType: [...entries, ...types] };
}
