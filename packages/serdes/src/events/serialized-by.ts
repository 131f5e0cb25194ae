import type { Serde, SerdeBinding, SerdeDescriptor, SerdeHeader } from "../serde.ts";
import { SerdeError, typeName } from "../serde-error.ts";

/** What can write and read values asynchronously: `EventSerializer`, its subclasses, or anything of this shape. */
export interface AsyncSerializer<T> {
  serialize(payload: T, headers?: SerdeHeader[]): Promise<Buffer | null>;
  deserialize(data: Buffer, headers?: readonly SerdeHeader[]): Promise<T | null>;
}

/**
 * The descriptor of a topic whose values an asynchronous serializer writes and reads; `make` is called once for each binding. The work is done in
 * the `prepare` methods, so a producer keeps the order of its messages.
 *
 * What `deserialize` rejects with is an error of the record's bytes, unless it is retryable: then it is waited for like a schema that cannot be had.
 */
export function serializedBy<T>(make: (binding: SerdeBinding) => AsyncSerializer<T>): SerdeDescriptor<T> {
  return Object.freeze({ format: "custom", bind: (binding) => new AsyncSerde(make(binding)) } satisfies SerdeDescriptor<T>);
}

class AsyncSerde<T> implements Serde<T> {
  readonly writesHeaders = true;
  readonly #serializer: AsyncSerializer<T>;
  /** What has been written and not been fetched, by the message's list of headers, or by its value, which may be on its way several times. */
  readonly #written = new WeakMap<object, (Buffer | null)[]>();
  readonly #read = new WeakMap<Buffer, { readonly value: T | null } | { readonly error: unknown }>();

  constructor(serializer: AsyncSerializer<T>) {
    this.#serializer = serializer;
  }

  async prepareToSerialize(value?: T, headers?: SerdeHeader[]): Promise<void> {
    const message = headers ?? value;
    if (value === undefined || !isObject(message)) return;
    const data = await this.#serializer.serialize(value, headers);
    const waiting = this.#written.get(message);
    if (waiting === undefined) this.#written.set(message, [data]);
    else waiting.push(data);
  }

  serialize(value: T, headers?: SerdeHeader[]): Buffer {
    const message = headers ?? value;
    const data = isObject(message) ? this.#written.get(message)?.shift() : undefined;
    if (data === undefined) {
      throw new SerdeError(
        "SERDE_NOT_READY",
        "an asynchronous serializer writes this topic: await prepareToSerialize(value, headers) first",
      );
    }
    if (Buffer.isBuffer(data)) return data;
    throw new SerdeError("SERDE_INVALID_VALUE", `the topic's serializer made ${typeName(data)} of the value instead of a Buffer`);
  }

  async prepareToDeserialize(data: Buffer, headers?: readonly SerdeHeader[]): Promise<void> {
    try {
      this.#read.set(data, { value: await this.#serializer.deserialize(data, headers) });
    } catch (error) {
      if ((error as { retryable?: unknown } | null)?.retryable === true) throw error;
      this.#read.set(data, { error });
    }
  }

  deserialize(data: Buffer): T {
    const result = this.#read.get(data);
    if (result === undefined) {
      throw new SerdeError("SERDE_NOT_READY", "an asynchronous serializer reads this topic: await prepareToDeserialize(data) first");
    }
    this.#read.delete(data);
    if ("value" in result) return result.value as T;
    if (SerdeError.is(result.error)) throw result.error;
    throw new SerdeError("SERDE_INVALID_DATA", "the topic's serializer could not read the bytes", { cause: result.error });
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
