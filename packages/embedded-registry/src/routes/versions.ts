import { problems } from "../api-problem.ts";
import { check } from "../check.ts";
import { flag, page, type Route, type RouteContext, subjectOf, versionOf } from "../route.ts";
import { submittedSchema } from "../submitted-schema.ts";

/** The versions of a subject. */
export const versionRoutes: readonly Route[] = [
  { method: "GET", path: "subjects/:subject/versions", handle: list },
  { method: "POST", path: "subjects/:subject/versions", handle: register },
  { method: "GET", path: "subjects/:subject/versions/:version", handle: get },
  { method: "GET", path: "subjects/:subject/versions/:version/schema", handle: (context) => JSON.parse(get(context).schema) },
  {
    method: "GET",
    path: "subjects/:subject/versions/:version/referencedby",
    handle: (context) => {
      get(context);
      return [];
    },
  },
  { method: "DELETE", path: "subjects/:subject/versions/:version", handle: deleteVersion },
];

function list(context: RouteContext): unknown {
  const { store } = context;
  const subject = subjectOf(context);
  const versions = store.allVersions(subject).filter(({ isDeleted }) => {
    return flag(context, "deletedOnly") ? isDeleted : !isDeleted || flag(context, "deleted");
  });
  if (versions.length === 0) throw problems.subjectNotFound(subject);
  return page(
    context,
    versions.map(({ version }) => version),
  );
}

function register(context: RouteContext): unknown {
  const { store, body } = context;
  const subject = subjectOf(context);
  const { text, identity } = submittedSchema(body);
  const live = store.versions(subject);
  const id = store.idOf(identity);
  const known = live.find((version) => version.id === id);
  if (known !== undefined) return { id: known.id };
  const level = store.levels.get(subject) ?? store.globalLevel;
  const details = check(store, text, live, level);
  if (details.length > 0) throw problems.incompatible(subject, details);
  return { id: store.add(subject, text, identity).id };
}

function get(context: RouteContext): { readonly subject: string; readonly version: number; readonly id: number; readonly schema: string } {
  const { version, id } = versionOf(context, { withDeleted: flag(context, "deleted") });
  return { subject: subjectOf(context), version, id, schema: context.store.schemaText(id)! };
}

function deleteVersion(context: RouteContext): unknown {
  const subject = subjectOf(context);
  const found = versionOf(context, { withDeleted: context.parameters["version"] !== "latest" });
  if (flag(context, "permanent")) {
    if (!found.isDeleted) throw problems.versionNotSoftDeleted(subject, found.version);
    context.store.remove(subject, [found]);
  } else {
    if (found.isDeleted) throw problems.versionSoftDeleted(subject, found.version);
    found.isDeleted = true;
  }
  return found.version;
}
