import { isDeepStrictEqual } from "node:util";
import { problems } from "../api-problem.ts";
import { protoText } from "../protobuf/serialized-proto.ts";
import { registerSchema } from "../register-schema.ts";
import { aliasedSubjectOf, flag, isListed, page, type Route, type RouteContext, requireWritable, versionOf } from "../route.ts";
import type { SchemaContent } from "../schema-content.ts";
import { schemaEntity, versionEntity } from "../schema-entity.ts";
import { submittedSchema } from "../submitted-schema.ts";
import { rawText } from "./schemas.ts";

/** The versions of a subject. */
export const versionRoutes: readonly Route[] = [
  { method: "GET", path: "subjects/:subject/versions", handle: list },
  { method: "POST", path: "subjects/:subject/versions", handle: register },
  {
    method: "GET",
    path: "subjects/:subject/versions/:version",
    handle: (context) => versionEntity(context.store, asked(context), context.query.get("format")),
  },
  { method: "GET", path: "subjects/:subject/versions/:version/schema", handle: (context) => rawText(context, asked(context).schema) },
  { method: "GET", path: "subjects/:subject/versions/:version/referencedby", handle: referencedBy },
  { method: "DELETE", path: "subjects/:subject/versions/:version", handle: deleteVersion },
];

function list(context: RouteContext): unknown {
  const subject = aliasedSubjectOf(context);
  const versions = context.store.allVersions(subject).filter(({ isDeleted }) => isListed(context, isDeleted));
  if (versions.length === 0) throw problems.subjectNotFound(subject);
  const asNegative = flag(context, "deletedAsNegative");
  return page(
    context,
    versions.map(({ version, isDeleted }) => (isDeleted && asNegative ? -version : version)),
  );
}

function register(context: RouteContext): unknown {
  const { store, settings, body, query, incompatibleErrorCode } = context;
  const subject = aliasedSubjectOf(context);
  const submitted = submittedSchema(store, subject, body);
  const normalize = flag(context, "normalize");
  const { version, schema } = registerSchema({ store, settings }, subject, submitted, { normalize, incompatibleErrorCode });
  const { content } = submitted;
  // A client remembers what it sent, which may be a description of it, unless it is told something else.
  const isCompleted =
    content.text.trim() === "" || !isDeepStrictEqual([content.metadata, content.ruleSet], [schema.metadata, schema.ruleSet]);
  const format = query.get("format") ?? (isDescription(content) ? "serialized" : null);
  return { id: schema.id, version, guid: schema.guid, ...(isCompleted ? schemaEntity(store, schema, format) : {}) };
}

function isDescription({ type, text }: SchemaContent): boolean {
  return type === "PROTOBUF" && protoText(text) !== text;
}

function asked(context: RouteContext): ReturnType<typeof versionOf> {
  return versionOf(context, { withDeleted: flag(context, "deleted") });
}

/** Ids of the schemas that need this version. */
function referencedBy(context: RouteContext): unknown {
  const { subject, version } = versionOf(context, { withDeleted: true });
  const ids = context.store.referringTo(subject, version).map(({ schema }) => schema.id);
  return page(
    context,
    [...new Set(ids)].sort((left, right) => left - right),
  );
}

function deleteVersion(context: RouteContext): unknown {
  const { store } = context;
  const found = versionOf(context, { withDeleted: true });
  const { subject, version } = found;
  requireWritable(context, subject);
  const isPermanent = flag(context, "permanent");
  if (isPermanent && !found.isDeleted) throw problems.versionNotSoftDeleted(subject, version);
  if (!isPermanent && found.isDeleted) throw problems.versionSoftDeleted(subject, version);
  if (store.referringTo(subject, version).length > 0) throw problems.referenceExists(subject, version);
  if (isPermanent) store.remove(subject, [found]);
  else found.isDeleted = true;
  return version;
}
