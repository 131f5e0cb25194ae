import { withoutUser } from "../redact.ts";
import { isInternalHost } from "./internal-address.ts";
import { resolveLimits, type ValidatorLimits } from "./validator-limits.ts";
import { type IssueCollector, judge, showText, type ValidatorPolicy, type ValidatorResult } from "./validator-result.ts";

/** How a validator judges. */
export interface ValidatorOptions {
  /** @default "warn" */
  readonly policy?: ValidatorPolicy | undefined;
  /** Limits that differ from `validatorLimits`. */
  readonly limits?: Partial<ValidatorLimits> | undefined;
}

/** What `validateBootstrapServers` says. */
export interface ServersResult extends ValidatorResult {
  /** The servers that may be used, each as `host:port`. */
  readonly sanitized_servers: readonly string[];
}

/**
 * Judges servers to start from: a list, or one text with commas. A server on this machine or in a private network is a doubt, so the policy `block` refuses
 * it. Names are not looked up: what they resolve to is not judged. Never throws.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) for limits that are none.
 */
export function validateBootstrapServers(servers: unknown, options: ValidatorOptions = {}): ServersResult {
  const { policy = "warn" } = options;
  const most = resolveLimits(options.limits).servers;
  return judge<{ readonly sanitized_servers: readonly string[] }>(policy, { sanitized_servers: Object.freeze([]) }, (issues) => {
    const list: unknown = typeof servers === "string" ? servers.split(",", most + 1).filter((part) => part.trim() !== "") : servers;
    const sanitized: string[] = [];
    if (!Array.isArray(list)) issues.fault("Bootstrap servers must be a list of host:port");
    else if (list.length === 0) issues.fault("No bootstrap servers given");
    else {
      if (list.length > most) issues.fault(`Too many bootstrap servers (more than ${most})`);
      for (const server of list.slice(0, most) as unknown[]) {
        const usable =
          typeof server === "string" ? checkServer(server.trim(), policy, issues) : issues.fault("Bootstrap server is not text");
        if (usable !== undefined) sanitized.push(usable);
      }
    }
    return { sanitized_servers: Object.freeze(sanitized) };
  });
}

/** The server as it may be used, or undefined. */
function checkServer(server: string, policy: ValidatorPolicy, issues: IssueCollector): string | undefined {
  if (/[;&|`$]/.test(server)) {
    issues.fault(`Server contains dangerous characters: ${showServer(server)}`);
    return undefined;
  }
  const colon = server.lastIndexOf(":");
  const port = server.slice(colon + 1);
  if (colon < 0 || !/^-?[0-9]+$/.test(port)) {
    issues.fault(`Invalid port format: ${showServer(server)}`);
    return undefined;
  }
  if (Number(port) < 1 || Number(port) > 65_535) {
    issues.fault(`Invalid port number: ${port.slice(0, 20)}`);
    return undefined;
  }
  const host = hostOf(server.slice(0, colon));
  const isInternal = host === undefined ? undefined : isInternalHost(host);
  if (host === undefined || isInternal === undefined) {
    issues.fault(`Invalid server format: ${showServer(server)}`);
    return undefined;
  }
  if (isInternal) {
    issues.doubt(`Server uses internal/localhost address: ${showServer(server)}`);
    if (policy === "block") return undefined;
  }
  return `${host.includes(":") ? `[${host}]` : host}:${Number(port)}`;
}

/** A name, an IPv4 address, or an IPv6 address without its brackets; undefined for anything else. */
function hostOf(text: string): string | undefined {
  const isBracketed = text.startsWith("[") && text.endsWith("]");
  const host = isBracketed ? text.slice(1, -1) : text;
  if (isBracketed || host.includes(":"))
    return /^[0-9a-fA-F:.]{2,45}(%[a-zA-Z0-9._-]{1,32})?$/.test(host) && host.includes(":") ? host : undefined;
  return /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,252}$/.test(host) && !host.includes("..") ? host : undefined;
}

/** An address may hold a user and a password, where nobody wants them. */
function showServer(server: string): string {
  return showText(withoutUser(server));
}
