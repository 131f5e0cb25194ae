import protobufjs from "protobufjs";
import { FramedSerde, type FramedSerdeParts } from "../framed-serde.ts";
import { framingBytes, writeFraming } from "../registry-framing.ts";
import type { SchemaDefinition } from "../serde.ts";
import { SerdeError } from "../serde-error.ts";
import { messageIndexBytes, readMessageIndexes } from "./message-indexes.ts";
import { type MessagePlan, messagePlan } from "./message-plan.ts";
import { type ProtoMessages, protoMessages } from "./proto-schema.ts";

const { Reader, Writer } = protobufjs;

/** The message that a topic holds, as its descriptor found it. */
export interface ProtobufMessage {
  readonly type: protobufjs.Type;
  /** Without the package. */
  readonly name: string;
  readonly messages: ProtoMessages;
  readonly long: "number" | "bigint";
}

/** Protobuf with registry framing: see `protobuf`. */
export class ProtobufSerde<T> extends FramedSerde<T, ProtoMessages> {
  readonly #message: ProtobufMessage;
  readonly #plan: MessagePlan;
  readonly #indexes: Buffer;

  constructor(parts: Omit<FramedSerdeParts, "format" | "bodyMayStartWithZero">, message: ProtobufMessage) {
    super({ ...parts, format: "Protobuf", bodyMayStartWithZero: false, needsReferences: false });
    this.#message = message;
    this.#plan = messagePlan(message.type, message.long);
    this.#indexes = messageIndexBytes(message.messages.indexesOf(message.name)!);
  }

  protected encode(value: T, schemaId: number | undefined): Buffer {
    const writer = Writer.create();
    try {
      this.#message.type.encode(this.#plan.fromPlain(value), writer);
    } catch (cause) {
      if (SerdeError.is(cause)) throw cause;
      throw new SerdeError("SERDE_INVALID_VALUE", `the value is nested too deeply for ${this.parts.subject}`, {
        path: "",
        valueType: "object",
      });
    }
    const body = writer.finish();
    if (schemaId === undefined) return Buffer.from(body.buffer, body.byteOffset, body.length);
    const indexes = this.#indexes;
    const bodyStart = framingBytes + indexes.length;
    const data = Buffer.allocUnsafe(bodyStart + body.length);
    writeFraming(data, schemaId);
    data.set(indexes, framingBytes);
    data.set(body, bodyStart);
    return data;
  }

  protected decoderFor(_schemaId: number, schema: SchemaDefinition): ProtoMessages {
    const { definition } = this.parts;
    return schema.text === definition.text ? this.#message.messages : protoMessages(schema.text);
  }

  protected decode(messages: ProtoMessages, data: Buffer, start: number): T {
    const bodyStart = start === 0 ? 0 : this.#bodyStart(messages, data, start);
    const reader = Reader.create(data.subarray(bodyStart));
    reader.discardUnknown = true;
    let message: protobufjs.Message;
    try {
      message = this.#message.type.decode(reader);
    } catch (cause) {
      throw invalidBody(cause);
    }
    return this.#plan.toPlain(message as unknown as Record<string, unknown>) as T;
  }

  /** Behind the message indexes, if the writer wrote them: some do not, and their body starts at once. */
  #bodyStart(messages: ProtoMessages, data: Buffer, start: number): number {
    const found = readMessageIndexes(data, start);
    const name = found === undefined ? undefined : messages.nameOf(found.indexes);
    // A field's tag is never below 8, so a smaller first byte can only be a count.
    if (found === undefined || name === undefined) {
      if (data.length > start && data[start]! < 8) {
        throw new SerdeError("SERDE_INVALID_DATA", "the message indexes name no message of the writer's schema");
      }
      return start;
    }
    if (name === this.#message.name) return found.bodyStart;
    throw new SerdeError("SERDE_INCOMPATIBLE_SCHEMA", `the data holds the message ${name}, but this topic's is ${this.#message.name}`);
  }
}

/** Nothing of the cause is kept: it holds what was decoded so far. */
function invalidBody(cause: unknown): SerdeError {
  const reason = cause instanceof Error ? cause.message : "";
  if (reason.startsWith("index out of range")) return new SerdeError("SERDE_TRUNCATED", "the Protobuf data ends inside a field");
  if (reason === "max depth exceeded") return new SerdeError("SERDE_TOO_LARGE", "the Protobuf data is nested too deeply");
  return new SerdeError("SERDE_INVALID_DATA", "the bytes are not Protobuf data of this topic's message");
}
