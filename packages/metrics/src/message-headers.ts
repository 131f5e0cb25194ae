import type { ObservedMessage } from "@millrace/core";
import type { TextMapGetter, TextMapSetter } from "@opentelemetry/api";

type ObservedHeaders = ObservedMessage["headers"];

/** Reads what a propagator looks for from a message's headers; of a name that repeats, the last one counts. */
export const headersGetter: TextMapGetter<ObservedHeaders> = {
  keys: (headers) => headers.map(([name]) => name),
  get: (headers, wanted) => textOf(headers, wanted),
};

/** Collects what a propagator wants to be written. */
export const headersSetter: TextMapSetter<[name: string, value: string][]> = {
  set: (headers, name, value) => void headers.push([name, value]),
};

/** The text of a header, the last one of its name; undefined when there is none. */
export function textOf(headers: ObservedHeaders, wanted: string): string | undefined {
  for (let index = headers.length - 1; index >= 0; index--) {
    const [name, value] = headers[index]!;
    if (name === wanted && value !== null) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("utf8");
  }
  return undefined;
}

/** Whether a header of this name is there. */
export function hasHeader(headers: ObservedHeaders, wanted: string): boolean {
  for (const [name] of headers) if (name === wanted) return true;
  return false;
}
