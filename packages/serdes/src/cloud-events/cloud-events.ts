import type { LargeIntegers } from "../json-text.ts";
import type { SerdeDescriptor } from "../serde.ts";
import type { CloudEvent } from "./cloud-event.ts";
import { CloudEventSerde } from "./cloud-event-serde.ts";

/** Options of `cloudEvents`. */
export interface CloudEventsOptions<Data> {
  /**
   * How events are written. `structured`: all of it as JSON in the value. `binary`: attributes in headers `ce_...`, the data alone in the value.
   * Both are read.
   * @default "structured"
   */
  readonly mode?: "structured" | "binary" | undefined;
  /** Checks the data of a decoded event and returns it typed; what it throws becomes `SERDE_INVALID_DATA` with that cause. @default no check */
  readonly parse?: ((data: unknown) => Data) | undefined;
  /** How the data of events in binary mode is written and read, such as `avro(schema)`. @default by `datacontenttype`: JSON, text or bytes */
  readonly data?: SerdeDescriptor<Data> | undefined;
  /** What becomes of integers beyond 2^53 - 1. @default "refuse": those that would be rounded are an error */
  readonly largeIntegers?: LargeIntegers | undefined;
}

/**
 * CloudEvents 1.0 over Kafka (Kafka protocol binding and JSON format, version 1.0.2). Attributes are checked when written and when read; extensions are
 * kept. Bytes stand in `data_base64` in JSON and come back as a Buffer. In binary mode an event without data is a value of no bytes.
 *
 * Its headers are `content-type` and those that begin with `ce_`: what a message has under these names is replaced.
 */
export function cloudEvents<Data = unknown>(options: CloudEventsOptions<Data> = {}): SerdeDescriptor<CloudEvent<Data>> {
  const { mode = "structured", parse, data, largeIntegers = "refuse" } = options;
  return Object.freeze({
    format: "cloud-events",
    schema: data?.schema,
    subjectOf: data?.subjectOf,
    alternatives: data?.alternatives,
    bind: (binding) => new CloudEventSerde<Data>({ mode, parse, largeIntegers, data: data?.bind(binding) }),
  } satisfies SerdeDescriptor<CloudEvent<Data>>);
}
