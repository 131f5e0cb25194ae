import { pointerStep } from "../mismatch.ts";
import type { ProtoField, ProtoMessage } from "./proto-schema.ts";
import type { ProtobufMismatch } from "./protobuf-mismatches.ts";

/** What changes of oneofs break: values that could be there side by side and no longer can, and alternatives that go. */
export function oneofMismatches(reader: ProtoMessage, writer: ProtoMessage, path: string): ProtobufMismatch[] {
  return [
    ...[...fieldsByOneof(reader)].flatMap(([oneof, fields]) => movedMismatches(oneof, fields, writer, path)),
    ...[...fieldsByOneof(writer)]
      .filter(([oneof]) => reader.oneofs.has(oneof))
      .flatMap(([oneof, fields]) =>
        fields
          .filter(({ number }) => !reader.fields.has(number))
          .map(({ name, number }) => ({
            type: "ONEOF_FIELD_REMOVED" as const,
            path: `${path}${pointerStep(oneof)}/${number}`,
            message: `field ${name} of oneof ${oneof} is in the {writer} and not in the {reader}`,
            detail: name,
          })),
      ),
  ];
}

function movedMismatches(oneof: string, fields: readonly ProtoField[], writer: ProtoMessage, path: string): ProtobufMismatch[] {
  const before = fields.flatMap(({ number }) => writer.fields.get(number) ?? []);
  const moved = before.filter((field) => field.oneof === undefined);
  const oneofsBefore = new Set(before.flatMap((field) => field.oneof ?? []));
  const names = before.map(({ name }) => name).join(", ");
  const message = `fields ${names} are in one oneof in the {reader}, while data of the {writer} may hold several of them`;
  const place = `${path}${pointerStep(oneof)}`;
  if (moved.length > 1) return [{ type: "MULTIPLE_FIELDS_MOVED_TO_ONEOF", path: place, message, detail: names }];
  if (moved.length + oneofsBefore.size > 1) return [{ type: "FIELD_MOVED_TO_EXISTING_ONEOF", path: place, message, detail: names }];
  return [];
}

function fieldsByOneof(message: ProtoMessage): ReadonlyMap<string, readonly ProtoField[]> {
  const result = new Map<string, ProtoField[]>();
  for (const field of message.fields.values()) {
    if (field.oneof === undefined) continue;
    const fields = result.get(field.oneof);
    if (fields === undefined) result.set(field.oneof, [field]);
    else fields.push(field);
  }
  return result;
}
