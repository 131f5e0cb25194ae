import { problems } from "../api-problem.ts";
import { canonicalSchema } from "../canonical-schema.ts";
import { check } from "../check.ts";
import type { SubjectVersion } from "../registry-store.ts";
import { aliasedSubjectOf, flag, parseVersion, type Route, type RouteContext } from "../route.ts";
import { submittedSchema } from "../submitted-schema.ts";

/** Whether a schema could be registered, without registering it. */
export const compatibilityRoutes: readonly Route[] = [
  {
    method: "POST",
    path: "compatibility/subjects/:subject/versions",
    handle: (context) => answer(context, context.store.versions(aliasedSubjectOf(context))),
  },
  {
    method: "POST",
    path: "compatibility/subjects/:subject/versions/:version",
    handle: (context) => answer(context, against(context)),
  },
];

function against(context: RouteContext): readonly SubjectVersion[] {
  const versions = context.store.versions(aliasedSubjectOf(context));
  const wanted = parseVersion(context.parameters["version"] ?? "");
  // Nothing has been registered yet, so nothing can be broken.
  if (wanted === "latest") return versions.slice(-1);
  const found = versions.find(({ version }) => version === wanted);
  if (found === undefined) throw problems.versionNotFound(wanted);
  return [found];
}

function answer(context: RouteContext, versions: readonly SubjectVersion[]): unknown {
  const { store, settings, body } = context;
  const subject = aliasedSubjectOf(context);
  const config = settings.configInForce(subject);
  const normalize = flag(context, "normalize") || config.normalize === true;
  const { content } = canonicalSchema(store, submittedSchema(store, subject, body).content, { normalize });
  const messages = check(store, content, versions, config);
  return { is_compatible: messages.length === 0, ...(flag(context, "verbose") ? { messages } : {}) };
}
