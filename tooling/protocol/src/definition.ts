/** A field as Kafka's message files define it; prose is left behind. */
export interface FieldDefinition {
  readonly name: string;
  readonly type: string;
  readonly versions: string;
  readonly nullableVersions?: string;
  readonly taggedVersions?: string;
  readonly flexibleVersions?: string;
  readonly tag?: number;
  readonly default?: string | number | boolean;
  readonly ignorable?: boolean;
  readonly fields?: readonly FieldDefinition[];
}

/** One of Kafka's message files. */
export interface MessageDefinition {
  readonly name: string;
  readonly type: "request" | "response" | "header" | "data";
  readonly apiKey?: number;
  readonly listeners?: readonly string[];
  readonly validVersions: string;
  readonly flexibleVersions: string;
  readonly latestVersionUnstable?: boolean;
  readonly fields: readonly FieldDefinition[];
  readonly commonStructs?: readonly { readonly name: string; readonly fields: readonly FieldDefinition[] }[];
}

/** Parses a message file: JSON with whole-line `//` comments. */
export function parseDefinition(text: string): MessageDefinition {
  return JSON.parse(text.replace(/^\s*\/\/.*$/gm, "")) as MessageDefinition;
}

/** `"3-7"`, `"3+"` or `"3"` as a pair; an open end is `undefined`; `"none"` and an absent range are `undefined`. */
export function parseVersions(range: string | undefined): readonly [number, number | undefined] | undefined {
  if (range === undefined || range === "none") return undefined;
  const match = /^(\d+)(?:(\+)|-(\d+))?$/.exec(range);
  if (match === null) throw new Error(`version range "${range}" is not understood`);
  const from = Number(match[1]);
  if (match[2] === "+") return [from, undefined];
  return [from, match[3] === undefined ? from : Number(match[3])];
}

/** `TopicData` as `topicData`. */
export function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** `DescribeTopicPartitions` as `describe-topic-partitions`. */
export function kebabCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1-$2").toLowerCase();
}

/** The element type of an array type, or the type itself. */
export function elementType(type: string): string {
  return type.startsWith("[]") ? type.slice(2) : type;
}

const primitives = new Set(["bool", "int8", "int16", "uint16", "int32", "int64", "float64", "string", "uuid", "bytes", "records"]);

/** Whether a type (without `[]`) is a struct. */
export function isStruct(type: string): boolean {
  if (primitives.has(type)) return false;
  if (/^[a-z]/.test(type)) throw new Error(`type "${type}" is new to the generator: teach the codec first`);
  return true;
}

/** The fields of a struct field: its own, or those of the message's common struct of that name. */
export function fieldsOf(message: MessageDefinition, field: FieldDefinition): readonly FieldDefinition[] {
  if (field.fields !== undefined) return field.fields;
  const name = elementType(field.type);
  const common = message.commonStructs?.find((struct) => struct.name === name);
  if (common === undefined) throw new Error(`${message.name}: struct ${name} has no fields`);
  return common.fields;
}
