/** Protobuf's types of one value. */
export const scalarTypes: ReadonlySet<string> = new Set([
  "double",
  "float",
  "int32",
  "int64",
  "uint32",
  "uint64",
  "sint32",
  "sint64",
  "fixed32",
  "fixed64",
  "sfixed32",
  "sfixed64",
  "bool",
  "string",
  "bytes",
]);

export interface ProtoMap {
  readonly key: string;
  readonly value: string;
}

export interface ProtoField {
  readonly name: string;
  readonly number: number;
  readonly label: "optional" | "required" | "repeated" | undefined;
  /** A scalar type, the name of another type as it is written, or a map. */
  readonly type: string | ProtoMap;
  /** The oneof it belongs to. */
  readonly oneof: string | undefined;
}

export interface ProtoEnum {
  readonly kind: "enum";
  readonly name: string;
  /** With its package and the messages around it. */
  readonly fullName: string;
}

export interface ProtoMessage {
  readonly kind: "message";
  readonly name: string;
  readonly fullName: string;
  readonly fields: ReadonlyMap<number, ProtoField>;
  readonly oneofs: ReadonlySet<string>;
  readonly types: ReadonlyMap<string, ProtoType>;
  /** Whether it only stands for the entries of a map. */
  readonly isMapEntry: boolean;
}

/** A type that a schema declares. */
export type ProtoType = ProtoMessage | ProtoEnum;

/** One .proto text. */
export interface ProtoFile {
  /** "" where it has none. */
  readonly package: string;
  readonly imports: readonly string[];
  readonly types: ReadonlyMap<string, ProtoType>;
}

/** A type that is declared somewhere, and where. */
export interface DeclaredType {
  readonly type: ProtoType;
  readonly package: string;
  readonly isImported: boolean;
}

/** Every declared type, those of imports included. */
export interface DeclaredTypes {
  readonly byFullName: ReadonlyMap<string, DeclaredType>;
  /** The message that a message is declared in. */
  readonly outerOf: ReadonlyMap<ProtoType, ProtoMessage>;
}

/** A parsed schema with what it imports. */
export interface ProtoSchema extends ProtoFile {
  readonly declared: DeclaredTypes;
}

/** A full name without its package. */
export function localName(fullName: string, packageName: string): string {
  return packageName !== "" && fullName.startsWith(`${packageName}.`) ? fullName.slice(packageName.length + 1) : fullName;
}
