import { problems } from "../api-problem.ts";
import { findVersion } from "../register-schema.ts";
import { aliasedSubjectOf, flag, isListed, page, type Route, type RouteContext, requireWritable, subjectOf } from "../route.ts";
import { versionEntity } from "../schema-entity.ts";
import { subjectFilter } from "../subject-filter.ts";
import { submittedSchema } from "../submitted-schema.ts";

/** Subjects as wholes. */
export const subjectRoutes: readonly Route[] = [
  { method: "GET", path: "subjects", handle: (context) => page(context, listed(context)) },
  { method: "POST", path: "subjects/:subject", handle: lookUp },
  { method: "GET", path: "subjects/:subject/metadata", handle: latestWithMetadata },
  { method: "DELETE", path: "subjects/:subject", handle: deleteSubject },
];

function listed(context: RouteContext): string[] {
  const { store, query } = context;
  const isWanted = subjectFilter(query.get("subjectPrefix"));
  return store.subjectNames().filter((subject) => isWanted(subject) && isListed(context, store.versions(subject).length === 0));
}

function lookUp(context: RouteContext): unknown {
  const { store, settings, body, query } = context;
  const subject = aliasedSubjectOf(context);
  const submitted = submittedSchema(store, subject, body);
  const normalize = flag(context, "normalize") || settings.configInForce(subject).normalize === true;
  const versions = flag(context, "deleted") ? store.allVersions(subject) : store.versions(subject);
  if (versions.length === 0) throw problems.subjectNotFound(subject);
  const { known } = findVersion(context, subject, submitted, { normalize, versions });
  if (known === undefined) throw problems.schemaNotFound();
  return versionEntity(store, known, query.get("format"));
}

/** The latest version whose metadata has all properties that `key` and `value`, which may be repeated, ask for. */
function latestWithMetadata(context: RouteContext): unknown {
  const { store, query } = context;
  const subject = aliasedSubjectOf(context);
  const values = query.getAll("value");
  const wanted = query.getAll("key").map((key, index) => [key, values[index]] as const);
  const versions = flag(context, "deleted") ? store.allVersions(subject) : store.versions(subject);
  if (versions.length === 0) throw problems.subjectNotFound(subject);
  const found = versions.findLast(({ schema }) => {
    const properties = new Map(Object.entries(schema.metadata?.["properties"] ?? {}));
    return wanted.every(([key, value]) => properties.get(key) === value);
  });
  if (found === undefined) throw problems.schemaNotFound();
  return versionEntity(store, found, query.get("format"));
}

function deleteSubject(context: RouteContext): unknown {
  const { store } = context;
  const subject = subjectOf(context);
  const isPermanent = flag(context, "permanent");
  requireWritable(context, subject);
  const all = store.allVersions(subject);
  if (all.length === 0) throw problems.subjectNotFound(subject);
  const live = store.versions(subject);
  if (isPermanent && live.length > 0) throw problems.subjectNotSoftDeleted(subject);
  if (!isPermanent && live.length === 0) throw problems.subjectSoftDeleted(subject);
  for (const { version } of all) {
    if (store.referringTo(subject, version).some((referring) => referring.subject !== subject))
      throw problems.referenceExists(subject, version);
  }
  if (isPermanent) store.remove(subject, all);
  else for (const version of live) version.isDeleted = true;
  context.settings.deleteConfig(subject);
  context.settings.deleteMode(subject);
  return (isPermanent ? all : live).map(({ version }) => version);
}
