import { InvalidSchemaError } from "@millrace/schema-compatibility";
import { ApiProblem, problems } from "./api-problem.ts";
import { RegistryStore } from "./registry-store.ts";
import type { Route, RouteContext } from "./route.ts";
import { compatibilityRoutes } from "./routes/compatibility.ts";
import { configRoutes } from "./routes/config.ts";
import { schemaRoutes } from "./routes/schemas.ts";
import { subjectRoutes } from "./routes/subjects.ts";
import { versionRoutes } from "./routes/versions.ts";

/** One request, already read. */
export interface RegistryRequest {
  readonly method: string;
  /** Path and query as they stand in the request line. */
  readonly url: string;
  /** The parsed JSON body; `undefined` when there was none. */
  readonly body?: unknown;
}

/** One response, to be written as JSON. */
export interface RegistryResponse {
  readonly status: number;
  readonly body: unknown;
}

/** A registry without a network: request in, response out. */
export interface RegistryEngine {
  /** Never throws: what is wrong with a request becomes a response with `error_code` and `message`. */
  handle(request: RegistryRequest): RegistryResponse;
}

const routes: readonly Route[] = [...schemaRoutes, ...subjectRoutes, ...versionRoutes, ...compatibilityRoutes, ...configRoutes];

/** An empty registry with level BACKWARD. */
export function createRegistryEngine(options: { readonly maxSchemas: number }): RegistryEngine {
  const store = new RegistryStore(options.maxSchemas);
  return {
    handle(request) {
      try {
        const { route, parameters, query } = find(request);
        return { status: 200, body: route.handle({ store, parameters, query, body: request.body }) };
      } catch (error) {
        if (error instanceof ApiProblem) return { status: error.status, body: { error_code: error.errorCode, message: error.message } };
        // Two schemas that are fine alone but too entangled to be compared.
        if (InvalidSchemaError.is(error)) return { status: 422, body: { error_code: 42201, message: error.message } };
        return { status: 500, body: { error_code: 50001, message: "Error in the backend data store" } };
      }
    },
  };
}

function find(request: RegistryRequest): { readonly route: Route } & Pick<RouteContext, "parameters" | "query"> {
  const [path = "", ...search] = request.url.split("?");
  // A trailing slash is no segment of its own; an empty subject is one.
  const segments = path.replace(/^\//, "").replace(/\/$/, "").split("/").map(decode);
  let isKnownPath = false;
  for (const route of routes) {
    const parameters = match(route.path, segments);
    if (parameters === undefined) continue;
    isKnownPath = true;
    if (route.method === request.method) return { route, parameters, query: new URLSearchParams(search.join("?")) };
  }
  throw isKnownPath ? problems.methodNotAllowed() : problems.notFound();
}

function match(pattern: string, segments: readonly string[]): Readonly<Record<string, string>> | undefined {
  const parts = pattern.split("/");
  if (parts.length !== segments.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const segment = segments[index]!;
    if (part.startsWith(":")) parameters[part.slice(1)] = segment;
    else if (part !== segment) return undefined;
  }
  return parameters;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw problems.badRequest("the path is not valid percent-encoding");
  }
}
