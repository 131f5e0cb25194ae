import type { SerdeHeader } from "./serde.ts";

/** Sets a header: whatever stood there under this name goes. */
export function setHeader(headers: SerdeHeader[], name: string, value: Buffer): void {
  dropHeader(headers, name);
  headers.push([name, value]);
}

/** Takes out all headers of this name. */
export function dropHeader(headers: SerdeHeader[], name: string): void {
  for (let index = headers.length - 1; index >= 0; index--) if (headers[index]![0] === name) headers.splice(index, 1);
}

/** The value of the last header of this name; undefined where there is none or it is null. */
export function headerOf(headers: readonly SerdeHeader[] | undefined, name: string): Buffer | undefined {
  if (headers === undefined) return undefined;
  for (let index = headers.length - 1; index >= 0; index--) {
    const [other, value] = headers[index]!;
    if (other === name && value !== null) return value;
  }
  return undefined;
}
