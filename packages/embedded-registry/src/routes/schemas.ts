import { problems } from "../api-problem.ts";
import { flag, page, type Route, type RouteContext } from "../route.ts";

/** Schemas by their ids. */
export const schemaRoutes: readonly Route[] = [
  { method: "GET", path: "", handle: () => ({}) },
  { method: "GET", path: "schemas/types", handle: () => ["AVRO"] },
  { method: "GET", path: "schemas/ids/:id", handle: (context) => ({ schema: schemaOf(context).text }) },
  { method: "GET", path: "schemas/ids/:id/schema", handle: (context) => JSON.parse(schemaOf(context).text) },
  {
    method: "GET",
    path: "schemas/ids/:id/versions",
    handle: (context) => page(context, usesOf(context)),
  },
  {
    method: "GET",
    path: "schemas/ids/:id/subjects",
    handle: (context) => page(context, [...new Set(usesOf(context).map(({ subject }) => subject))]),
  },
];

function schemaOf({ store, parameters }: RouteContext): { readonly id: number; readonly text: string } {
  const text = parameters["id"] ?? "";
  if (!/^\d{1,10}$/.test(text)) throw problems.notFound();
  const id = Number(text);
  const schema = store.schemaText(id);
  if (schema === undefined) throw problems.schemaNotFound(id);
  return { id, text: schema };
}

function usesOf(context: RouteContext): { readonly subject: string; readonly version: number }[] {
  const { id } = schemaOf(context);
  return context.store
    .usesOf(id)
    .filter(({ version }) => !version.isDeleted || flag(context, "deleted"))
    .map(({ subject, version }) => ({ subject, version: version.version }));
}
