import { isSecretName } from "@millrace/config";

const redacted = "[redacted]";
const surelySecretLength = 8;

/**
 * Makes a function that takes secrets out of texts: the values of all settings that are secret by their name, and user and password of any address
 * (`user:password@host`). Findings are not written with secrets; what brokers, registries and libraries say in their errors may hold some.
 */
export function createScrubber(config: unknown): (text: string) => string {
  const secrets = new Set<string>();
  collectSecrets(config, false, secrets, new Set());
  // As it is, and as it stands in quotes; a longer one first, which may hold a shorter one.
  const ordered = [...secrets].flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]).sort((a, b) => b.length - a.length);
  return (text) => {
    const scrubbed = ordered.reduce(withoutSecret, text);
    return scrubbed.replaceAll(/[^\s/@:"']{1,200}:[^\s/@]{1,500}@/g, `${redacted}@`);
  };
}

/** A short one, such as `kafka`, is a part of harmless words too, which would tell it if they were missing: it counts where it stands alone. */
function withoutSecret(text: string, secret: string): string {
  const isPart = (character: string | undefined): boolean => character !== undefined && /[\w-]/.test(character);
  return text.replaceAll(secret, (found, at: number) =>
    secret.length >= surelySecretLength || !(isPart(text[at - 1]) || isPart(text[at + found.length])) ? redacted : found,
  );
}

function collectSecrets(value: unknown, isSecret: boolean, secrets: Set<string>, seen: Set<object>): void {
  if (isSecret && typeof value === "string" && value !== "") secrets.add(value);
  if (typeof value !== "object" || value === null || seen.has(value)) return;
  seen.add(value);
  for (const [name, inner] of Object.entries(value)) collectSecrets(inner, isSecret || isSecretName(name), secrets, seen);
}
