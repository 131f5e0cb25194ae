/** What stands in the place of a secret. */
const redacted = "[redacted]";

const shownCharacters = 60;
const lookedAtCharacters = 4096;
// No "*" or "+" before or behind another: each look takes linear time.
const secretLooks = [
  /-----BEGIN |private key-----/i,
  /LoginModule/i,
  /(?:password|passwd|pwd|passphrase|secret|token|credentials?|api[_-]?key)["']?\s{0,20}[=:]/i,
  /\beyJ[\w-]{8}/,
  /\b(?:basic|bearer)\s/i,
];
const secretWords = [
  "password",
  "passwd",
  "passphrase",
  "passcode",
  "secret",
  "token",
  "credential",
  "authorization",
  "jaas",
  "apikey",
  "accesskey",
  "privatekey",
  "keystorekey",
  "basicauthuserinfo",
];
const secretNames: ReadonlySet<string> = new Set(["pass", "pwd"]);

/** Whether a setting called `name` holds a secret, by its name alone: the net under settings that are not marked as secret. */
export function isSecretName(name: string): boolean {
  const plain = name.toLowerCase().replaceAll("_", "").replaceAll("-", "").replaceAll(".", "");
  return secretNames.has(plain) || secretWords.some((word) => plain.includes(word));
}

/** What looks like a secret wherever it stands, among the first characters: a PEM text, a login for JAAS, `password=...`, a JSON web token, a header's credentials. */
export function looksSecret(text: string, characters: number = lookedAtCharacters): boolean {
  const start = text.slice(0, characters);
  return secretLooks.some((look) => look.test(start));
}

/** A value as reports show it: short, on one line, never a secret, never the user and password of an address. Takes anything and never throws. */
export function showValue(value: unknown, isSecret: boolean): string {
  if (isSecret) return redacted;
  if (typeof value === "string") return looksSecret(value) ? redacted : JSON.stringify(cut(withoutUser(value)));
  if (typeof value === "number" || typeof value === "boolean" || value === null) return String(value);
  if (Array.isArray(value)) {
    const shown = value.slice(0, 10).map((item: unknown) => (typeof item === "object" && item !== null ? "..." : showValue(item, false)));
    return cut(`[${shown.join(", ")}${value.length > 10 ? ", ..." : ""}]`);
  }
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** A name that somebody wrote, as reports show it: what is no name may be a value in the wrong place. */
export function showName(name: string): string {
  return /^[\w$.-]{1,64}$/.test(name) && !looksSecret(name) ? name : redacted;
}

/** `https://user:password@host/path?key=value` becomes `https://[redacted]@host/path?[redacted]`; so does anything else with an "@" or a "?". */
export function withoutUser(whole: string): string {
  const query = whole.indexOf("?");
  const text = query < 0 ? whole : `${whole.slice(0, query)}?${redacted}`;
  const at = whole.lastIndexOf("@");
  if (at < 0) return text;
  if (query >= 0 && at > query) return redacted;
  const slashes = text.indexOf("//");
  const start = slashes < 0 || slashes > at ? 0 : slashes + 2;
  return `${text.slice(0, start)}${redacted}${text.slice(at)}`;
}

function cut(text: string): string {
  return text.length > shownCharacters ? `${text.slice(0, shownCharacters)}...` : text;
}
