import { problems } from "../api-problem.ts";
import type { Mode } from "../registry-settings.ts";
import { flag, type Route, type RouteContext, subjectOf } from "../route.ts";
import { subjectFilter } from "../subject-filter.ts";
import { asObject } from "../submitted-schema.ts";

/** What may be written. */
export const modeRoutes: readonly Route[] = [
  { method: "GET", path: "mode", handle: ({ settings }) => ({ mode: settings.mode(undefined) }) },
  { method: "PUT", path: "mode", handle: (context) => put(context, undefined) },
  { method: "DELETE", path: "mode", handle: (context) => remove(context, undefined) },
  { method: "GET", path: "mode/:subject", handle: get },
  { method: "PUT", path: "mode/:subject", handle: (context) => put(context, subjectOf(context)) },
  { method: "DELETE", path: "mode/:subject", handle: (context) => remove(context, subjectOf(context)) },
];

const modes: readonly Mode[] = ["READWRITE", "READONLY", "READONLY_OVERRIDE", "IMPORT", "FORWARD"];
const modesOfAll: readonly Mode[] = ["READONLY_OVERRIDE", "FORWARD"];

function get(context: RouteContext): unknown {
  const { settings } = context;
  const subject = subjectOf(context);
  const mode = flag(context, "defaultToGlobal") ? settings.modeInForce(subject) : settings.mode(subject);
  if (mode === undefined) throw problems.noSubjectMode(subject);
  return { mode };
}

function put(context: RouteContext, scope: string | undefined): unknown {
  const { store, settings, body } = context;
  const wanted = asObject(body)["mode"];
  const mode = modes.find((known) => typeof wanted === "string" && known === wanted.toUpperCase());
  if (mode === undefined || (scope !== undefined && modesOfAll.includes(mode))) throw problems.invalidMode();
  if (mode === "IMPORT" && settings.modeInForce(scope) !== "IMPORT" && !flag(context, "force")) {
    const subjects = store.subjectNames().filter(isWithin(scope));
    if (subjects.some((subject) => store.versions(subject).length > 0))
      throw problems.notPermitted("Cannot import since found existing subjects");
    // What comes in may have the ids and versions of what was deleted.
    for (const subject of subjects) store.remove(subject, store.allVersions(subject));
  }
  settings.setMode(scope, mode);
  return { mode };
}

function remove(context: RouteContext, scope: string | undefined): unknown {
  const { settings } = context;
  const mode = settings.mode(scope);
  if (mode === undefined) throw problems.subjectNotFound(scope ?? "");
  settings.deleteMode(scope);
  if (flag(context, "recursive")) settings.deleteModesWithin(scope);
  return { mode };
}

/** Subjects that a mode of this scope is for: all, those of a context, or one. */
function isWithin(scope: string | undefined): (subject: string) => boolean {
  if (scope === undefined) return () => true;
  return /^:\.[^:]*:$/.test(scope) ? subjectFilter(scope) : (subject) => subject === scope;
}
