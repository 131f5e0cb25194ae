import type avsc from "avsc";
import type { AvroReader } from "./avro-reader.ts";
import type { AvroType } from "./avro-type.ts";

type SkippableType = AvroType & { _skip(reader: AvroReader): void };

interface ItemsType {
  readonly itemsType: SkippableType;
}

interface ValuesType {
  readonly valuesType: SkippableType;
}

/** avsc's array type, checking a block's count before it acts on it: avsc allocates and loops as the bytes say. */
export function carefulArray(type: avsc.Type): avsc.Type {
  return Object.create(type, { _read: { value: readArray }, _skip: { value: skipArray } });
}

/** The same for avsc's map type. */
export function carefulMap(type: avsc.Type): avsc.Type {
  return Object.create(type, { _read: { value: readMap }, _skip: { value: skipMap } });
}

function readArray(this: ItemsType, reader: AvroReader): unknown[] {
  const items = this.itemsType;
  const values: unknown[] = [];
  for (let count = reader.readBlockCount(); count > 0; count = reader.readBlockCount()) {
    while (count-- > 0) values.push(items._read(reader));
  }
  return values;
}

function skipArray(this: ItemsType, reader: AvroReader): void {
  const items = this.itemsType;
  for (let count = reader.skipSizedBlocks(); count > 0; count = reader.skipSizedBlocks()) {
    while (count-- > 0) items._skip(reader);
  }
}

function readMap(this: ValuesType, reader: AvroReader): Record<string, unknown> {
  const type = this.valuesType;
  const entries: Record<string, unknown> = {};
  for (let count = reader.readBlockCount(); count > 0; count = reader.readBlockCount()) {
    while (count-- > 0) {
      const key = reader.readKey();
      const value = type._read(reader);
      if (key === "__proto__") Object.defineProperty(entries, key, { value, enumerable: true, configurable: true, writable: true });
      else entries[key] = value;
    }
  }
  return entries;
}

function skipMap(this: ValuesType, reader: AvroReader): void {
  const type = this.valuesType;
  for (let count = reader.skipSizedBlocks(); count > 0; count = reader.skipSizedBlocks()) {
    while (count-- > 0) {
      reader.skipString();
      type._skip(reader);
    }
  }
}
