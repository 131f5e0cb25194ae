import { RegistryError } from "./registry-error.ts";

/** One call of a registry's REST API. */
export interface RegistryEndpoint {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Parts in braces are parameters. */
  readonly path: string;
}

/** A call that a client makes, by its name. */
export type RegistryOperation =
  | "schemaById"
  | "schemaByGuid"
  | "subjects"
  | "deleteSubject"
  | "lookup"
  | "register"
  | "versions"
  | "version"
  | "deleteVersion"
  | "checkCompatibility"
  | "level"
  | "setLevel"
  | "resetLevel"
  | "globalLevel"
  | "setGlobalLevel"
  | "resetGlobalLevel"
  | "mode"
  | "setMode"
  | "resetMode"
  | "globalMode"
  | "setGlobalMode"
  | "resetGlobalMode";

/** Where each call goes. */
export const registryEndpoints: Readonly<Record<RegistryOperation, RegistryEndpoint>> = {
  schemaById: { method: "GET", path: "/schemas/ids/{id}" },
  schemaByGuid: { method: "GET", path: "/schemas/guids/{guid}" },
  subjects: { method: "GET", path: "/subjects" },
  deleteSubject: { method: "DELETE", path: "/subjects/{subject}" },
  lookup: { method: "POST", path: "/subjects/{subject}" },
  register: { method: "POST", path: "/subjects/{subject}/versions" },
  versions: { method: "GET", path: "/subjects/{subject}/versions" },
  version: { method: "GET", path: "/subjects/{subject}/versions/{version}" },
  deleteVersion: { method: "DELETE", path: "/subjects/{subject}/versions/{version}" },
  checkCompatibility: { method: "POST", path: "/compatibility/subjects/{subject}/versions" },
  level: { method: "GET", path: "/config/{subject}" },
  setLevel: { method: "PUT", path: "/config/{subject}" },
  resetLevel: { method: "DELETE", path: "/config/{subject}" },
  globalLevel: { method: "GET", path: "/config" },
  setGlobalLevel: { method: "PUT", path: "/config" },
  resetGlobalLevel: { method: "DELETE", path: "/config" },
  mode: { method: "GET", path: "/mode/{subject}" },
  setMode: { method: "PUT", path: "/mode/{subject}" },
  resetMode: { method: "DELETE", path: "/mode/{subject}" },
  globalMode: { method: "GET", path: "/mode" },
  setGlobalMode: { method: "PUT", path: "/mode" },
  resetGlobalMode: { method: "DELETE", path: "/mode" },
};

/** A call with everything that goes into it. */
export interface RegistryCall {
  readonly operation: RegistryOperation;
  readonly parameters?: Readonly<Record<string, string | number>> | undefined;
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly body?: unknown;
}

/**
 * Path and query of a call, encoded: `/subjects/orders-value/versions`.
 * @throws RegistryError (`REGISTRY_INVALID`) for a name that no URL can hold: half a character, or dots that would lead elsewhere
 */
export function pathOf({ operation, parameters = {}, query }: RegistryCall): string {
  const path = registryEndpoints[operation].path.replace(/\{(\w+)\}/g, (_part, name: string) => encoded(String(parameters[name]), name));
  return query === undefined ? path : `${path}?${new URLSearchParams(query).toString()}`;
}

function encoded(text: string, name: string): string {
  if (text.isWellFormed() && text !== "." && text !== "..") return encodeURIComponent(text);
  throw new RegistryError("REGISTRY_INVALID", `${JSON.stringify(text)} cannot be the ${name} of a request; choose another name`);
}

/** A call in an error's message: `GET /schemas/ids/7`. */
export function describeCall(call: RegistryCall): string {
  return `${registryEndpoints[call.operation].method} ${pathOf(call)}`;
}
