import { problems } from "../api-problem.ts";
import { contextNamed, contextOf, defaultContext, spellSubject } from "../qualified-subject.ts";
import { page, type Route, type RouteContext } from "../route.ts";

/** Contexts, and what a client asks of the registry itself. */
export const contextRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "contexts",
    handle: (context) => page(context, [...new Set([defaultContext, ...context.store.contextNames()])]),
  },
  { method: "DELETE", path: "contexts/:context", handle: deleteContext },
  {
    method: "GET",
    path: "v1/metadata/id",
    handle: () => ({ scope: { path: [], clusters: { "kafka-cluster": "embedded", "schema-registry-cluster": "embedded" } } }),
  },
  { method: "GET", path: "v1/metadata/version", handle: () => ({ version: "8.1.0", commitId: "embedded" }) },
  { method: "GET", path: "v1/metadata/deployment", handle: () => ({ attributes: [] }) },
];

function deleteContext({ store, settings, parameters }: RouteContext): unknown {
  const context = contextNamed(parameters["context"] ?? "");
  if (store.subjectNames().some((subject) => contextOf(subject) === context)) throw problems.contextNotEmpty(context);
  store.removeContext(context);
  const scope = context === defaultContext ? undefined : spellSubject({ context, name: "" });
  settings.deleteConfig(scope);
  settings.deleteMode(scope);
  return undefined;
}
