import { problems } from "../api-problem.ts";
import { check } from "../check.ts";
import type { SubjectVersion } from "../registry-store.ts";
import { flag, parseVersion, type Route, type RouteContext, subjectOf } from "../route.ts";
import { submittedSchema } from "../submitted-schema.ts";

/** Whether a schema could be registered, without registering it. */
export const compatibilityRoutes: readonly Route[] = [
  {
    method: "POST",
    path: "compatibility/subjects/:subject/versions",
    handle: (context) => answer(context, context.store.versions(subjectOf(context))),
  },
  {
    method: "POST",
    path: "compatibility/subjects/:subject/versions/:version",
    handle: (context) => answer(context, against(context)),
  },
];

function against(context: RouteContext): readonly SubjectVersion[] {
  const versions = context.store.versions(subjectOf(context));
  const wanted = parseVersion(context.parameters["version"] ?? "");
  // Nothing has been registered yet, so nothing can be broken.
  if (wanted === "latest") return versions.slice(-1);
  const found = versions.find(({ version }) => version === wanted);
  if (found === undefined) throw problems.versionNotFound(wanted);
  return [found];
}

function answer(context: RouteContext, versions: readonly SubjectVersion[]): unknown {
  const { store, body } = context;
  const level = store.levels.get(subjectOf(context)) ?? store.globalLevel;
  const messages = check(store, submittedSchema(body).text, versions, level);
  return { is_compatible: messages.length === 0, ...(flag(context, "verbose") ? { messages } : {}) };
}
