import { parseArgs } from "node:util";
import type { EmbeddedRegistryOptions } from "../embedded-registry.ts";

/** What the command line asks for. */
export type ServerCommand =
  | { readonly kind: "start"; readonly options: EmbeddedRegistryOptions }
  | { readonly kind: "help" }
  | { readonly kind: "refuse"; readonly problems: readonly string[] };

/** Reads the arguments of `embedded-registry`, all problems at once. Ranges are left to the registry. */
export function parseArguments(commandLine: readonly string[]): ServerCommand {
  const problems: string[] = [];
  const { values, tokens } = parseArgs({
    args: [...commandLine],
    strict: false,
    tokens: true,
    options: {
      port: { type: "string", default: "8081" },
      host: { type: "string", default: "127.0.0.1" },
      "incompatible-error-code": { type: "string", default: "409" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help === true) return { kind: "help" };
  const known = new Set(["port", "host", "incompatible-error-code"]);
  for (const token of tokens) {
    if (token.kind === "positional") problems.push(`"${token.value}" is not an option`);
    else if (token.kind === "option" && !known.has(token.name)) problems.push(`${token.rawName} is not an option`);
  }
  const text = (name: "port" | "host" | "incompatible-error-code"): string => {
    const value = values[name];
    if (typeof value === "string") return value;
    problems.push(`--${name} needs a value`);
    return "";
  };
  const [port, host, code] = [text("port"), text("host"), text("incompatible-error-code")];
  if (port !== "" && !/^\d+$/.test(port)) problems.push(`--port must be a whole number, not "${port}"`);
  if (code !== "" && code !== "409" && code !== "40901") problems.push(`--incompatible-error-code must be 409 or 40901, not "${code}"`);
  if (problems.length > 0) return { kind: "refuse", problems };
  return { kind: "start", options: { port: Number(port), host, incompatibleErrorCode: code === "409" ? 409 : 40901 } };
}
