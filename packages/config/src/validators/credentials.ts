import type { ValidatorOptions } from "./bootstrap-servers.ts";
import { plainName, redactCredentials } from "./redact-credentials.ts";
import { resolveLimits } from "./validator-limits.ts";
import { type IssueCollector, judge, type ValidatorResult } from "./validator-result.ts";

/** What `validateCredentials` says. */
export interface CredentialsResult extends ValidatorResult {
  /** The credentials as they may be shown: `[REDACTED]` in the place of every secret. Not for logging in. */
  readonly sanitized_credentials: unknown;
}

const passwordNames = new Set(["password", "kafkapassword", "saslpassword", "saslplainpassword", "saslplainpasswd"]);
const userNames = new Set(["username", "kafkausername", "saslusername", "saslplainusername", "user"]);
/** Of an object that holds more, the rest is not looked into. */
const mostGroups = 100;
const protocolNames = new Set(["securityprotocol", "kafkasecurityprotocol", "protocol"]);

/**
 * Judges what a client logs in with: an object with `kafka_username`, `kafka_password`, `security_protocol` or these names as Kafka's clients in Java, Python
 * or this library write them, also inside a group such as `sasl` or `security`. Never throws.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) for limits that are none.
 */
export function validateCredentials(credentials: unknown, options: ValidatorOptions = {}): CredentialsResult {
  const { policy = "warn" } = options;
  const limits = resolveLimits(options.limits);
  return judge<{ readonly sanitized_credentials: unknown }>(policy, { sanitized_credentials: null }, (issues) => {
    if (typeof credentials !== "object" || credentials === null || Array.isArray(credentials)) {
      issues.fault("Kafka credentials must be an object");
      return { sanitized_credentials: null };
    }
    const groups = [credentials, ...Object.values(credentials).filter((value) => typeof value === "object" && value !== null)];
    for (const group of groups.slice(0, mostGroups)) {
      for (const [name, value] of Object.entries(group as object)) {
        if (value !== undefined && value !== null) checkCredential(plainName(name), value, limits.passwordCharacters, issues);
      }
    }
    return { sanitized_credentials: redactCredentials(credentials) };
  });
}

function checkCredential(name: string, value: unknown, leastCharacters: number, issues: IssueCollector): void {
  if (passwordNames.has(name)) {
    if (typeof value !== "string") issues.fault("Kafka password must be text");
    else if (hasFewerCharacters(value, leastCharacters)) issues.doubt(`Kafka password too short (minimum ${leastCharacters} characters)`);
  } else if (userNames.has(name)) {
    // The name itself is not told: people mistake the two fields.
    if (typeof value !== "string" || !/^[a-zA-Z0-9._-]+$/.test(value)) issues.fault("Kafka username contains invalid characters");
  } else if (protocolNames.has(name)) {
    const protocol = typeof value === "string" ? value.trim().toUpperCase() : "";
    if (protocol === "PLAINTEXT" || protocol === "SASL_PLAINTEXT") issues.doubt(`Using ${protocol} protocol is not secure`);
    else if (protocol !== "SSL" && protocol !== "SASL_SSL") issues.fault("Unknown security protocol");
  }
}

/** Counts what a person would count, and no further than needed. */
function hasFewerCharacters(text: string, count: number): boolean {
  return text.length < count * 2 && Array.from(text).length < count;
}
