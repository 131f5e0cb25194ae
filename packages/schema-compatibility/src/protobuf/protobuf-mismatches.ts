import { type ComparisonBudget, createComparisonBudget } from "../comparison-budget.ts";
import { type Mismatch, pointerStep } from "../mismatch.ts";
import { fieldKind, fieldTypeName, resolveFieldType } from "./field-kind.ts";
import { oneofMismatches } from "./oneof-mismatches.ts";
import { resolveTypeName } from "./parse-proto-schema.ts";
import { localName, type ProtoField, type ProtoMap, type ProtoMessage, type ProtoSchema, type ProtoType } from "./proto-schema.ts";

/** Why data of one Protobuf schema cannot be read with another; the names are those of Confluent's registry. */
export type ProtobufIncompatibilityType =
  | "MESSAGE_REMOVED"
  | "FIELD_KIND_CHANGED"
  | "FIELD_SCALAR_KIND_CHANGED"
  | "FIELD_NAMED_TYPE_CHANGED"
  | "FIELD_NUMERIC_LABEL_CHANGED"
  | "REQUIRED_FIELD_ADDED"
  | "REQUIRED_FIELD_REMOVED"
  | "ONEOF_FIELD_REMOVED"
  | "MULTIPLE_FIELDS_MOVED_TO_ONEOF"
  | "FIELD_MOVED_TO_EXISTING_ONEOF";

/** One reason; its path goes by the names of messages and the numbers of fields. */
export type ProtobufMismatch = Mismatch<ProtobufIncompatibilityType>;

/**
 * Everything that keeps data written with `writer` from being read with `reader`, by the rules and with the names of Confluent's registry: fields
 * are known by their numbers and may come and go, but not change what their bytes mean.
 * @throws RangeError when it would take too long
 */
export function protobufMismatches(reader: ProtoSchema, writer: ProtoSchema): readonly ProtobufMismatch[] {
  return new Comparison(reader, writer).compareTypes(reader.types, writer.types, "");
}

class Comparison {
  private readonly reader: ProtoSchema;
  private readonly writer: ProtoSchema;
  private readonly budget: ComparisonBudget = createComparisonBudget();
  /** Whether imported messages agree, by reader and writer; undefined while that is being found out. */
  private readonly agreeing = new Map<ProtoMessage, Map<ProtoMessage, boolean | undefined>>();

  constructor(reader: ProtoSchema, writer: ProtoSchema) {
    this.reader = reader;
    this.writer = writer;
  }

  compareTypes(reader: ReadonlyMap<string, ProtoType>, writer: ReadonlyMap<string, ProtoType>, path: string): ProtobufMismatch[] {
    return [...writer.values()].flatMap((written) => {
      if (written.kind === "enum") return [];
      const place = `${path}${pointerStep(written.name)}`;
      const read = reader.get(written.name);
      if (read?.kind === "message") return this.compareMessages(read, written, place);
      if (written.isMapEntry) return [];
      return [mismatch("MESSAGE_REMOVED", place, `message ${written.name} of the {writer} is not in the {reader}`, written.name)];
    });
  }

  private compareMessages(reader: ProtoMessage, writer: ProtoMessage, path: string): ProtobufMismatch[] {
    const numbers = [...new Set([...reader.fields.keys(), ...writer.fields.keys()])].sort((one, other) => one - other);
    return [
      ...oneofMismatches(reader, writer, path),
      ...numbers.flatMap((number) => {
        this.budget.spend();
        const read = reader.fields.get(number);
        const written = writer.fields.get(number);
        if (read === undefined || written === undefined) return lonelyFieldMismatches(read, written, `${path}/${number}`);
        const isInSameOneof = read.oneof !== undefined && read.oneof === written.oneof;
        const place = `${path}${isInSameOneof ? pointerStep(read.oneof) : ""}/${number}`;
        return this.compareFields({ field: read, message: reader }, { field: written, message: writer }, place);
      }),
      ...this.compareTypes(reader.types, writer.types, path),
    ];
  }

  private compareFields(reader: FieldPlace, writer: FieldPlace, path: string): ProtobufMismatch[] {
    const result = this.compareFieldTypes(reader, writer, reader.field.type, writer.field.type, path);
    if (result.length > 0) return result;
    const kind = fieldKind(resolveFieldType(reader.field.type, reader.message, this.reader));
    const labels = [reader, writer].map(({ field }) => field.label ?? "optional");
    // Repeated texts are read as the last of them; repeated numbers are packed into one value, which nothing else reads.
    if (labels[0] === labels[1] || kind === "message" || kind === "map" || kind === "text or bytes") return [];
    const message = `field ${reader.field.name} is ${labels[0]} in the {reader} and ${labels[1]} in the {writer}`;
    return [mismatch("FIELD_NUMERIC_LABEL_CHANGED", path, message, `${labels[1]}, ${labels[0]}`)];
  }

  private compareFieldTypes(
    reader: FieldPlace,
    writer: FieldPlace,
    readType: string | ProtoMap,
    writtenType: string | ProtoMap,
    path: string,
  ): ProtobufMismatch[] {
    this.budget.spend();
    const read = resolveFieldType(readType, reader.message, this.reader);
    const written = resolveFieldType(writtenType, writer.message, this.writer);
    const readKind = fieldKind(read);
    const writtenKind = fieldKind(written);
    const because = (type: ProtobufIncompatibilityType): ProtobufMismatch => {
      const [now, before] = [fieldTypeName(read), fieldTypeName(written)];
      return mismatch(
        type,
        path,
        `field ${reader.field.name} is ${now} in the {reader} and ${before} in the {writer}`,
        `${before}, ${now}`,
      );
    };
    if (typeof read === "object" && typeof written === "object") {
      return [
        ...this.compareFieldTypes(reader, writer, read.key, written.key, path),
        ...this.compareFieldTypes(reader, writer, read.value, written.value, path),
      ];
    }
    if (readKind === "message" && writtenKind === "message")
      return this.compareNamed(reader, writer, read as string, written as string, because);
    if (readKind === writtenKind) return [];
    const isStructured = [readKind, writtenKind].some((kind) => kind === "message" || kind === "map");
    return [because(isStructured ? "FIELD_KIND_CHANGED" : "FIELD_SCALAR_KIND_CHANGED")];
  }

  /** Messages are compared where they are declared; only those that are imported on one side are compared from here. */
  private compareNamed(
    reader: FieldPlace,
    writer: FieldPlace,
    readName: string,
    writtenName: string,
    because: (type: ProtobufIncompatibilityType) => ProtobufMismatch,
  ): ProtobufMismatch[] {
    const read = resolveTypeName(readName, reader.message, this.reader.declared);
    const written = resolveTypeName(writtenName, writer.message, this.writer.declared);
    if (read === undefined || written === undefined) {
      return readName.replace(/^\./, "") === writtenName.replace(/^\./, "") ? [] : [because("FIELD_NAMED_TYPE_CHANGED")];
    }
    const name = localName(read.type.fullName, read.package);
    if (name !== localName(written.type.fullName, written.package)) return [because("FIELD_NAMED_TYPE_CHANGED")];
    if (!read.isImported && !written.isImported) return [];
    const [readMessage, writtenMessage] = [read.type as ProtoMessage, written.type as ProtoMessage];
    let byWriter = this.agreeing.get(readMessage);
    if (byWriter === undefined) {
      byWriter = new Map();
      this.agreeing.set(readMessage, byWriter);
    }
    if (byWriter.has(writtenMessage)) return byWriter.get(writtenMessage) === false ? [because("FIELD_NAMED_TYPE_CHANGED")] : [];
    byWriter.set(writtenMessage, undefined);
    const reasons = this.compareMessages(readMessage, writtenMessage, name.split(".").map(pointerStep).join(""));
    byWriter.set(writtenMessage, reasons.length === 0);
    return reasons.length === 0 ? [] : [...reasons, because("FIELD_NAMED_TYPE_CHANGED")];
  }
}

interface FieldPlace {
  readonly field: ProtoField;
  readonly message: ProtoMessage;
}

function lonelyFieldMismatches(reader: ProtoField | undefined, writer: ProtoField | undefined, path: string): ProtobufMismatch[] {
  if (reader?.label === "required") {
    return [
      mismatch("REQUIRED_FIELD_ADDED", path, `field ${reader.name} is required in the {reader} and not in the {writer}`, reader.name),
    ];
  }
  if (writer?.label === "required") {
    return [
      mismatch("REQUIRED_FIELD_REMOVED", path, `field ${writer.name} is required in the {writer} and not in the {reader}`, writer.name),
    ];
  }
  return [];
}

function mismatch(type: ProtobufIncompatibilityType, path: string, message: string, detail: string): ProtobufMismatch {
  return { type, path, message, detail };
}
