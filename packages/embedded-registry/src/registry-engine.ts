import { InvalidSchemaError } from "@millrace/schema-compatibility";
import { ApiProblem, problems } from "./api-problem.ts";
import { AssociationTable } from "./association-table.ts";
import { withinContext } from "./context-prefix.ts";
import { MemoryBudget } from "./memory-budget.ts";
import { RegistrySettings } from "./registry-settings.ts";
import { RegistryStore } from "./registry-store.ts";
import { RawText, type Route, type RouteContext } from "./route.ts";
import { associationRoutes } from "./routes/associations.ts";
import { compatibilityRoutes } from "./routes/compatibility.ts";
import { configRoutes } from "./routes/config.ts";
import { contextRoutes } from "./routes/contexts.ts";
import { modeRoutes } from "./routes/modes.ts";
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

/** One response. */
export interface RegistryResponse {
  readonly status: number;
  /** Written as JSON; `undefined` for a response without a body. */
  readonly body: unknown;
  /** Whether `body` is a text to be written as it is. @default false */
  readonly isRaw?: boolean | undefined;
}

/** A registry without a network: request in, response out. */
export interface RegistryEngine {
  /** Never throws: what is wrong with a request becomes a response with `error_code` and `message`. */
  handle(request: RegistryRequest): RegistryResponse;
}

/** Options of an engine. */
export interface RegistryEngineOptions {
  /** Also how many settings and associations it holds, and a tenth of the versions. */
  readonly maxSchemas: number;
  /** For schemas, names and settings together. */
  readonly maxBytes: number;
  /** What an incompatible schema is refused with: 409 as Confluent's registry did up to 8.1, 40901 as it does since 8.2. */
  readonly incompatibleErrorCode: 409 | 40901;
}

const routes: readonly Route[] = [
  ...schemaRoutes,
  ...subjectRoutes,
  ...versionRoutes,
  ...compatibilityRoutes,
  ...configRoutes,
  ...modeRoutes,
  ...contextRoutes,
  ...associationRoutes,
];

/** An empty registry with level BACKWARD. */
export function createRegistryEngine(options: RegistryEngineOptions): RegistryEngine {
  const { maxSchemas, maxBytes, incompatibleErrorCode } = options;
  const budget = new MemoryBudget(maxBytes);
  const state = {
    store: new RegistryStore(maxSchemas, budget),
    settings: new RegistrySettings(maxSchemas, budget),
    associations: new AssociationTable(maxSchemas, budget),
    incompatibleErrorCode,
  };
  return {
    handle(request) {
      try {
        const { route, parameters, query } = find(request);
        const body = route.handle({ ...state, parameters, query, body: request.body });
        if (body === undefined) return { status: 204, body };
        return body instanceof RawText ? { status: 200, body: body.text, isRaw: true } : { status: 200, body };
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
  const query = new URLSearchParams(search.join("?"));
  // A trailing slash is no segment of its own; an empty subject is one.
  const segments = withinContext(path.replace(/^\//, "").replace(/\/$/, "").split("/").map(decode), query);
  let isKnownPath = false;
  for (const route of routes) {
    const parameters = match(route.path, segments);
    if (parameters === undefined) continue;
    isKnownPath = true;
    // What HEAD asks for is what GET would give, without its body.
    if (route.method === request.method || (route.method === "GET" && request.method === "HEAD")) return { route, parameters, query };
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
