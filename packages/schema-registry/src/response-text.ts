import { RegistryError } from "./registry-error.ts";

/** Far above any schema; what is longer is not a registry's answer. */
const longestBodyBytes = 16 * 1024 * 1024;

/** The body of a response as text. @throws RegistryError (`REGISTRY_BAD_RESPONSE`) when it is longer than 16 MiB */
export async function readText(response: Response): Promise<string> {
  if (response.body === null) return "";
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    length += chunk.length;
    if (length > longestBodyBytes) {
      throw new RegistryError(
        "REGISTRY_BAD_RESPONSE",
        `the answer is longer than ${longestBodyBytes} bytes; check the registry's address`,
        {
          status: response.status,
        },
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length).toString("utf8");
}
