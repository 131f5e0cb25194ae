import descriptors from "protobufjs/ext/descriptor.js";

/** What stands in brackets behind a declaration, or in `option` statements. */
export type DescriptorOptions = Readonly<Record<string, unknown>>;

export interface FieldDescriptor {
  readonly name: string;
  readonly extendee?: string;
  readonly number: number;
  readonly label?: "LABEL_OPTIONAL" | "LABEL_REQUIRED" | "LABEL_REPEATED";
  /** `TYPE_STRING` and the like. */
  readonly type: string;
  typeName?: string;
  readonly defaultValue?: string;
  oneofIndex?: number;
  readonly jsonName?: string;
  readonly proto3Optional?: boolean;
  readonly options?: DescriptorOptions;
}

export interface EnumDescriptor {
  readonly name: string;
  readonly value?: readonly { readonly name: string; readonly number?: number; readonly options?: DescriptorOptions }[];
  readonly options?: DescriptorOptions;
  readonly reservedRange?: readonly NumberRange[];
  readonly reservedName?: readonly string[];
}

/** `end` is outside, but for enums. */
export interface NumberRange {
  readonly start?: number;
  readonly end?: number;
}

export interface MessageDescriptor {
  name: string;
  readonly field?: readonly FieldDescriptor[];
  readonly extension?: readonly FieldDescriptor[];
  readonly nestedType?: readonly MessageDescriptor[];
  readonly enumType?: readonly EnumDescriptor[];
  readonly extensionRange?: readonly NumberRange[];
  oneofDecl?: readonly { readonly name: string }[];
  readonly options?: DescriptorOptions & { readonly mapEntry?: boolean };
  readonly reservedRange?: readonly NumberRange[];
  readonly reservedName?: readonly string[];
}

export interface ServiceDescriptor {
  readonly name: string;
  readonly method?: readonly {
    readonly name: string;
    readonly inputType: string;
    readonly outputType: string;
    readonly clientStreaming?: boolean;
    readonly serverStreaming?: boolean;
  }[];
}

/** Protobuf's own description of one .proto file, as `google/protobuf/descriptor.proto` has it. */
export interface FileDescriptor {
  readonly name?: string;
  readonly package?: string;
  readonly dependency?: readonly string[];
  readonly publicDependency?: readonly number[];
  readonly messageType?: readonly MessageDescriptor[];
  readonly enumType?: readonly EnumDescriptor[];
  readonly extension?: readonly FieldDescriptor[];
  readonly service?: readonly ServiceDescriptor[];
  readonly options?: DescriptorOptions;
  readonly syntax?: string;
}

/** Throws an Error of protobufjs when the bytes are no description. */
export function decodeFileDescriptor(bytes: Buffer): FileDescriptor {
  const { FileDescriptorProto } = descriptors;
  return FileDescriptorProto.toObject(FileDescriptorProto.decode(bytes), { enums: String });
}

export function encodeFileDescriptor(file: FileDescriptor): Buffer {
  const { FileDescriptorProto } = descriptors;
  return Buffer.from(FileDescriptorProto.encode(FileDescriptorProto.fromObject(file as object)).finish());
}
