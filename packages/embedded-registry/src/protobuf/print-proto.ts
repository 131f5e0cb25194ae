import type {
  DescriptorOptions,
  EnumDescriptor,
  FieldDescriptor,
  FileDescriptor,
  MessageDescriptor,
  NumberRange,
  ServiceDescriptor,
} from "./file-descriptor.ts";

/** Writes the .proto text of a description. Options that Protobuf itself does not know are left out. */
export function printProto(file: FileDescriptor): string {
  const { syntax = "proto2", dependency = [], publicDependency = [], messageType = [], enumType = [], service = [] } = file;
  const lines = [`syntax = "${syntax === "editions" ? "proto3" : syntax}";`];
  if (file.package !== undefined && file.package !== "") lines.push(`package ${file.package};`);
  for (const [index, path] of dependency.entries())
    lines.push(`import ${publicDependency.includes(index) ? "public " : ""}${JSON.stringify(path)};`);
  for (const option of statements(file.options)) lines.push(`option ${option};`);
  const isProto3 = syntax !== "proto2";
  for (const message of messageType) lines.push("", ...printMessage(message, isProto3));
  for (const enumeration of enumType) lines.push("", ...printEnum(enumeration));
  lines.push(...printExtensions(file.extension, isProto3));
  for (const described of service) lines.push("", ...printService(described));
  return `${lines.join("\n")}\n`;
}

function printMessage(message: MessageDescriptor, isProto3: boolean): string[] {
  const { field = [], nestedType = [], enumType = [], oneofDecl = [] } = message;
  const entries = new Map(nestedType.filter(({ options }) => options?.mapEntry === true).map((entry) => [entry.name, entry]));
  const lines: string[] = statements(message.options).map((option) => `option ${option};`);
  const print = (one: FieldDescriptor): string => printField(one, isProto3, entries);
  const isMember = (one: FieldDescriptor): boolean => one.oneofIndex !== undefined && one.proto3Optional !== true;
  for (const one of field) {
    const members = isMember(one) ? field.filter((other) => isMember(other) && other.oneofIndex === one.oneofIndex) : [];
    if (members.length === 0) lines.push(print(one));
    else if (members[0] === one) lines.push(`oneof ${oneofDecl[one.oneofIndex!]?.name} {`, ...indented(members.map(print)), "}");
  }
  for (const nested of nestedType) if (!entries.has(nested.name)) lines.push(...printMessage(nested, isProto3));
  for (const enumeration of enumType) lines.push(...printEnum(enumeration));
  lines.push(...printExtensions(message.extension, isProto3));
  for (const { start = 0, end = 0 } of message.extensionRange ?? []) lines.push(`extensions ${start} to ${end - 1};`);
  lines.push(...printReserved(message.reservedRange, message.reservedName, 1));
  return [`message ${message.name} {`, ...indented(lines), "}"];
}

function printField(field: FieldDescriptor, isProto3: boolean, entries: ReadonlyMap<string, MessageDescriptor>): string {
  const { name, number, label, proto3Optional } = field;
  const entry = field.label === "LABEL_REPEATED" ? entries.get(field.typeName?.split(".").at(-1) ?? "") : undefined;
  const brackets = [...(field.defaultValue === undefined ? [] : [`default = ${printDefault(field)}`]), ...statements(field.options)];
  const end = `${name} = ${number}${brackets.length === 0 ? "" : ` [${brackets.join(", ")}]`};`;
  if (entry !== undefined) {
    const [key, value] = entry.field ?? [];
    if (key !== undefined && value !== undefined) return `map<${typeOf(key)}, ${typeOf(value)}> ${end}`;
  }
  const isPlain = label !== "LABEL_REPEATED" && (field.oneofIndex !== undefined ? proto3Optional !== true : isProto3);
  const word = isPlain ? "" : `${(label ?? "LABEL_OPTIONAL").slice("LABEL_".length).toLowerCase()} `;
  return `${word}${typeOf(field)} ${end}`;
}

function typeOf({ type, typeName }: FieldDescriptor): string {
  return typeName !== undefined && typeName !== "" ? typeName : type.slice("TYPE_".length).toLowerCase();
}

function printDefault({ type, defaultValue = "" }: FieldDescriptor): string {
  return type === "TYPE_STRING" || type === "TYPE_BYTES" ? JSON.stringify(defaultValue) : defaultValue;
}

function printEnum({ name, value = [], options, reservedRange, reservedName }: EnumDescriptor): string[] {
  const values = value.map((one) => {
    const brackets = statements(one.options);
    return `${one.name} = ${one.number ?? 0}${brackets.length === 0 ? "" : ` [${brackets.join(", ")}]`};`;
  });
  const lines = [...statements(options).map((option) => `option ${option};`), ...values, ...printReserved(reservedRange, reservedName, 0)];
  return [`enum ${name} {`, ...indented(lines), "}"];
}

function printReserved(ranges: readonly NumberRange[] = [], names: readonly string[] = [], beyond: number): string[] {
  const numbers = ranges.map(({ start = 0, end = 0 }) => (end - beyond === start ? `${start}` : `${start} to ${end - beyond}`));
  return [
    ...(numbers.length === 0 ? [] : [`reserved ${numbers.join(", ")};`]),
    ...(names.length === 0 ? [] : [`reserved ${names.map((name) => JSON.stringify(name)).join(", ")};`]),
  ];
}

function printExtensions(extensions: readonly FieldDescriptor[] = [], isProto3: boolean): string[] {
  return extensions.flatMap((field) => [`extend ${field.extendee ?? ""} {`, ...indented([printField(field, isProto3, new Map())]), "}"]);
}

function printService({ name, method = [] }: ServiceDescriptor): string[] {
  const calls = method.map(({ name: call, inputType, outputType, clientStreaming, serverStreaming }) => {
    const stream = (does: boolean | undefined): string => (does === true ? "stream " : "");
    return `rpc ${call} (${stream(clientStreaming)}${inputType}) returns (${stream(serverStreaming)}${outputType});`;
  });
  return [`service ${name} {`, ...indented(calls), "}"];
}

/** Options whose values are names, not texts. */
const enumOptions: ReadonlySet<string> = new Set(["optimizeFor", "ctype", "jstype", "retention", "idempotencyLevel"]);

/** `name = value` for every option with one plain value. */
function statements(options: DescriptorOptions = {}): string[] {
  return Object.entries(options).flatMap(([name, value]) => {
    if (name === "mapEntry" || !/^[a-z][A-Za-z\d]*$/.test(name)) return [];
    const word = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    if (typeof value === "boolean" || typeof value === "number") return [`${word} = ${value}`];
    if (typeof value === "string") return [`${word} = ${enumOptions.has(name) ? value : JSON.stringify(value)}`];
    return [];
  });
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
