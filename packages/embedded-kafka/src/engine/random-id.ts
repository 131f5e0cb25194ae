import type { Random } from "@millrace/core";

/** A random UUID (version 4) as the protocol's 22 characters of base64url. Never Kafka's reserved ones, which start with zero bytes. */
export function randomUuid(random: Random): string {
  return uuidBytes(random).toString("base64url");
}

/** A random UUID (version 4) in its usual form with hyphens. */
export function randomUuidText(random: Random): string {
  const hex = uuidBytes(random).toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function uuidBytes(random: Random): Buffer {
  const bytes = Buffer.alloc(16);
  for (let index = 0; index < 16; index++) bytes[index] = Math.floor(random() * 256);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes;
}
