import { problems } from "../api-problem.ts";
import { defaultContext, parseSubject, spellSubject } from "../qualified-subject.ts";
import type { StoredSchema } from "../registry-store.ts";
import { flag, isListed, page, RawText, type Route, type RouteContext } from "../route.ts";
import { formatted, schemaEntity, versionEntity } from "../schema-entity.ts";
import { subjectFilter } from "../subject-filter.ts";

/** Schemas by their ids, and all of them. */
export const schemaRoutes: readonly Route[] = [
  { method: "GET", path: "", handle: () => ({}) },
  { method: "POST", path: "", handle: () => ({}) },
  { method: "GET", path: "schemas", handle: list },
  { method: "GET", path: "schemas/types", handle: () => ["JSON", "PROTOBUF", "AVRO"] },
  { method: "GET", path: "schemas/ids/:id", handle: getById },
  { method: "GET", path: "schemas/ids/:id/schema", handle: (context) => rawText(context, schemaOf(context)) },
  { method: "GET", path: "schemas/ids/:id/versions", handle: (context) => page(context, usesOf(context)) },
  {
    method: "GET",
    path: "schemas/ids/:id/subjects",
    handle: (context) => page(context, [...new Set(usesOf(context).map(({ subject }) => subject))]),
  },
  { method: "GET", path: "schemas/guids/:guid", handle: getByGuid },
  {
    method: "GET",
    path: "schemas/guids/:guid/ids",
    handle: (context) => withGuid(context).map(({ context: name, id }) => ({ context: name, id })),
  },
];

/** The text of a schema, as it is. */
export function rawText({ store, query }: RouteContext, schema: StoredSchema): RawText {
  return new RawText(formatted(store, schema, query.get("format")));
}

function list(context: RouteContext): unknown {
  const { store, query } = context;
  const isWanted = subjectFilter(query.get("subjectPrefix"));
  const versions = store.subjectNames().flatMap((subject) => {
    if (!isWanted(subject)) return [];
    const listed = store.allVersions(subject).filter(({ isDeleted }) => isListed(context, isDeleted));
    return flag(context, "latestOnly") ? listed.slice(-1) : listed;
  });
  return page(context, versions).map((version) => versionEntity(store, version, null));
}

function getById(context: RouteContext): unknown {
  const { store, query } = context;
  const schema = schemaOf(context);
  return {
    ...schemaEntity(store, schema, query.get("format")),
    guid: schema.guid,
    ...(flag(context, "fetchMaxId") ? { maxId: store.largestId(schema.context) } : {}),
  };
}

function getByGuid(context: RouteContext): unknown {
  const { store, query, parameters } = context;
  const [schema] = withGuid(context);
  if (schema === undefined) throw problems.schemaNotFound(parameters["guid"]);
  return { ...schemaEntity(store, schema, query.get("format")), guid: schema.guid };
}

function withGuid({ store, parameters }: RouteContext): readonly StoredSchema[] {
  return store.schemasWithGuid((parameters["guid"] ?? "").toLowerCase());
}

/** Ids are those of the default context, unless `subject` says where to look. */
function schemaOf({ store, parameters, query }: RouteContext): StoredSchema {
  const text = parameters["id"] ?? "";
  if (!/^\d{1,10}$/.test(text)) throw problems.notFound();
  const id = Number(text);
  const { context, name } = parseSubject(query.get("subject") ?? "");
  const schema = store.schema(context, id);
  const isOfSubject = (candidate: StoredSchema | undefined, within: string): boolean =>
    candidate !== undefined && [...candidate.uses].some(({ subject }) => subject === spellSubject({ context: within, name }));
  if (context === defaultContext && name !== "" && !isOfSubject(schema, context)) {
    for (const other of store.contextNames()) {
      const candidate = store.schema(other, id);
      if (isOfSubject(candidate, other)) return candidate!;
    }
  }
  if (schema === undefined) throw problems.schemaNotFound(id);
  return schema;
}

function usesOf(context: RouteContext): { readonly subject: string; readonly version: number }[] {
  const uses = [...schemaOf(context).uses].filter(({ isDeleted }) => !isDeleted || flag(context, "deleted"));
  return uses
    .map(({ subject, version }) => ({ subject, version }))
    .sort((left, right) => (left.subject === right.subject ? left.version - right.version : left.subject < right.subject ? -1 : 1));
}
