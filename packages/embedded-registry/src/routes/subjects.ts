import { problems } from "../api-problem.ts";
import { flag, page, type Route, type RouteContext, subjectOf } from "../route.ts";
import { submittedSchema } from "../submitted-schema.ts";

/** Subjects as wholes. */
export const subjectRoutes: readonly Route[] = [
  { method: "GET", path: "subjects", handle: (context) => page(context, listed(context)) },
  { method: "POST", path: "subjects/:subject", handle: lookUp },
  { method: "DELETE", path: "subjects/:subject", handle: deleteSubject },
];

function listed(context: RouteContext): string[] {
  const { store, query } = context;
  const prefix = query.get("subjectPrefix") ?? "";
  return store.subjectNames().filter((subject) => {
    const isDeleted = store.versions(subject).length === 0;
    const isWanted = flag(context, "deletedOnly") ? isDeleted : !isDeleted || flag(context, "deleted");
    return isWanted && subject.startsWith(prefix);
  });
}

function lookUp(context: RouteContext): unknown {
  const { store, body } = context;
  const subject = subjectOf(context);
  const { identity } = submittedSchema(body);
  const versions = flag(context, "deleted") ? store.allVersions(subject) : store.versions(subject);
  if (versions.length === 0) throw problems.subjectNotFound(subject);
  const id = store.idOf(identity);
  const found = versions.find((version) => version.id === id);
  if (found === undefined) throw problems.schemaNotFound();
  return { subject, version: found.version, id: found.id, schema: store.schemaText(found.id) };
}

function deleteSubject(context: RouteContext): unknown {
  const { store } = context;
  const subject = subjectOf(context);
  const all = store.allVersions(subject);
  if (all.length === 0) throw problems.subjectNotFound(subject);
  const live = store.versions(subject);
  if (flag(context, "permanent")) {
    if (live.length > 0) throw problems.subjectNotSoftDeleted(subject);
    store.remove(subject, all);
    return all.map(({ version }) => version);
  }
  if (live.length === 0) throw problems.subjectSoftDeleted(subject);
  for (const version of live) version.isDeleted = true;
  store.levels.delete(subject);
  return live.map(({ version }) => version);
}
