import { RegistryError } from "./registry-error.ts";

/** One HTTP request. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Null where there is none. */
  readonly body: string | null;
}

/** Its answer, read to the end. */
export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/** Sends HTTP requests. Redirects are answers like any other: a registry makes none, and credentials must not follow them. */
export interface HttpExchange {
  /** @throws RegistryError (`REGISTRY_BAD_RESPONSE`) for an answer of more than 16 MiB; the system's error where nobody answers or the signal aborts */
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer>;
  /** Ends idle connections. Idempotent. */
  close(): void;
}

/** Far above any schema; what is longer is not a registry's answer. */
const longestBodyBytes = 16 * 1024 * 1024;

/** Over `fetch`. */
export function createFetchExchange(fetch: typeof globalThis.fetch): HttpExchange {
  return {
    async send({ url, ...request }, signal) {
      const response = await fetch(url, { ...request, signal, redirect: "manual" });
      return { status: response.status, text: response.body === null ? "" : await readText(response.body) };
    },
    close() {
      // The process's own connections are not ours to end.
    },
  };
}

/** A body as text. @throws RegistryError (`REGISTRY_BAD_RESPONSE`) when it is longer than 16 MiB */
export async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > longestBodyBytes) {
      throw new RegistryError("REGISTRY_BAD_RESPONSE", `the answer is longer than ${longestBodyBytes} bytes; check the registry's address`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length).toString("utf8");
}
