import { codeOf } from "./http-failure.ts";
import { describeCall, type RegistryCall, type RegistryOperation, registryEndpoints } from "./registry-endpoints.ts";
import { RegistryError, type RegistryErrorCode } from "./registry-error.ts";
import type { RegistryTransport } from "./registry-transport.ts";
import { levelIn } from "./response-shapes.ts";

/** One REST call of `@kafkajs/confluent-schema-registry`. */
type KafkaJsCall = (parameters: Readonly<Record<string, unknown>>) => Promise<{ data(): unknown }>;

/** Its REST calls, by resource and method. */
export type KafkaJsResources = Readonly<Record<"Schema" | "Subject", Readonly<Record<string, KafkaJsCall>>>>;

/** Which of its calls makes which of ours. */
export const kafkaJsOperations: ReadonlyMap<RegistryOperation, readonly [resource: "Schema" | "Subject", method: string]> = new Map([
  ["schemaById", ["Schema", "find"]],
  ["subjects", ["Subject", "all"]],
  ["lookup", ["Subject", "registered"]],
  ["register", ["Subject", "register"]],
  ["version", ["Subject", "version"]],
  ["checkCompatibility", ["Subject", "compatible"]],
  ["level", ["Subject", "config"]],
  ["setLevel", ["Subject", "updateConfig"]],
]);

/** What Node says of a connection that did not come about, or ended. */
const unreachable = /\b(?:ECONN\w+|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPIPE|ETIMEDOUT|socket hang up)\b/;
const refusedTls = /certificate|self[- ]signed|handshake|ALERT/i;
const longestMessage = 2_000;

/** Over the calls of an instance of `SchemaRegistry`. */
export function createKafkaJsTransport(resources: KafkaJsResources): RegistryTransport {
  const make = async (call: RegistryCall, signal: AbortSignal): Promise<unknown> => {
    const [resource, method] = kafkaJsOperations.get(call.operation)!;
    // What is no part of the path becomes the query.
    const parameters = { ...call.parameters, ...call.query, ...(call.body === undefined ? {} : { body: call.body }), signal };
    try {
      return (await resources[resource][method]!(parameters)).data();
    } catch (cause) {
      if (signal.aborted) throw cause;
      throw failure(cause, describeCall(call));
    }
  };
  return {
    async attempt(call, signal) {
      if (call.operation === "checkCompatibility") await refuseTransitive(call, (other) => make(other, signal));
      return await make(call, signal);
    },
    repeats: ({ operation }) => registryEndpoints[operation].method === "GET",
    close() {
      // It has no way to be closed.
    },
  };
}

/** Its only check compares with the newest version: yes would mean nothing where older ones count. */
async function refuseTransitive({ parameters }: RegistryCall, make: (call: RegistryCall) => Promise<unknown>): Promise<void> {
  let level: string;
  try {
    level = levelIn(await make({ operation: "level", parameters, query: { defaultToGlobal: "true" } }));
  } catch (error) {
    // The registry's own level, which it has no call for.
    if (RegistryError.is(error) && error.code === "REGISTRY_NOT_FOUND") return;
    throw error;
  }
  if (level.endsWith("_TRANSITIVE")) {
    throw new RegistryError(
      "REGISTRY_NOT_SUPPORTED",
      `checkCompatibility under level ${level} is not possible through this implementation; use createSchemaRegistry for it`,
    );
  }
}

/** It tells a failed request by a status and a text: the registry's, or with status 400 what Node said. */
function failure(cause: unknown, what: string): RegistryError {
  const status: unknown = cause instanceof Error ? Reflect.get(cause, "status") : undefined;
  const text = (cause instanceof Error ? cause.message : String(cause)).replace(/^.*? - /s, "").slice(0, longestMessage);
  const isNoAnswer = text.startsWith("Error, status ");
  if (typeof status !== "number")
    return new RegistryError("REGISTRY_UNREACHABLE", `${what} failed before the registry was asked: ${text}`, { cause });
  const answered = `the schema registry answered ${what} with ${status}: ${text}`;
  const code = status === 400 && isNoAnswer ? systemFailure(text) : isNoAnswer && status === 404 ? "REGISTRY_BAD_RESPONSE" : codeOf(status);
  return code === "REGISTRY_UNREACHABLE" || code === "REGISTRY_TIMEOUT"
    ? new RegistryError(code, `the schema registry cannot be reached for ${what}: ${text}`, { cause })
    : new RegistryError(code, answered, { cause, status });
}

function systemFailure(text: string): RegistryErrorCode {
  if (/Timeout \(/.test(text)) return "REGISTRY_TIMEOUT";
  if (unreachable.test(text)) return "REGISTRY_UNREACHABLE";
  return refusedTls.test(text) ? "REGISTRY_UNAUTHORISED" : "REGISTRY_BAD_RESPONSE";
}
