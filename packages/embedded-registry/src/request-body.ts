import type { IncomingMessage } from "node:http";
import type { RegistryResponse } from "./registry-engine.ts";

/** A request's body, or why it is refused. */
export type ReadBody = { readonly ok: true; readonly body: unknown } | { readonly ok: false; readonly refusal: RegistryResponse };

const acceptedTypes = [
  "application/vnd.schemaregistry.v1+json",
  "application/vnd.schemaregistry+json",
  "application/json",
  "application/octet-stream",
];

/** Reads and parses the body, never more of it than `maxBytes`. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<ReadBody> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    // Not the plain iterator: leaving that early would close the socket before the refusal is sent.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maxBytes) return refuse(413, `the body is longer than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
  } catch {
    return refuse(400, "the request ended before its body did");
  }
  if (length === 0) return { ok: true, body: undefined };
  const type = request.headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (type !== undefined && !acceptedTypes.includes(type)) return refuse(415, "HTTP 415 Unsupported Media Type");
  try {
    return { ok: true, body: JSON.parse(Buffer.concat(chunks).toString("utf8")) };
  } catch {
    return refuse(400, "the body is not JSON");
  }
}

function refuse(status: number, message: string): ReadBody {
  return { ok: false, refusal: { status, body: { error_code: status, message } } };
}
