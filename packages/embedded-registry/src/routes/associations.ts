import { createHash } from "node:crypto";
import { problems } from "../api-problem.ts";
import type { Association } from "../association-table.ts";
import { registerSchema } from "../register-schema.ts";
import { checkedSubject, flag, page, type Route, type RouteContext, subjectOf } from "../route.ts";
import type { JsonObject } from "../schema-content.ts";
import { asObject, submittedSchema } from "../submitted-schema.ts";

/** Which subjects belong to which resources: what a client asks that finds a topic's subject by association. */
export const associationRoutes: readonly Route[] = [
  { method: "POST", path: "associations", handle: (context) => create(context, { replaces: false }) },
  { method: "PUT", path: "associations/resources/:resource", handle: (context) => create(context, { replaces: true }) },
  {
    method: "GET",
    path: "associations/resources/:resource",
    handle: (context) => list(context, ({ resourceId }) => resourceId === context.parameters["resource"]),
  },
  {
    method: "GET",
    path: "associations/resources/:namespace/:name",
    handle: (context) => {
      const { namespace, name } = context.parameters;
      return list(context, (found) => found.resourceName === name && (namespace === "-" || found.resourceNamespace === namespace));
    },
  },
  {
    method: "GET",
    path: "associations/subjects/:subject",
    handle: (context) => {
      const subject = subjectOf(context);
      return list(context, (found) => found.subject === subject);
    },
  },
  { method: "DELETE", path: "associations/resources/:resource", handle: remove },
];

function list(context: RouteContext, isWanted: (association: Association) => boolean): unknown {
  const { associations, query } = context;
  const lifecycle = query.get("lifecycle");
  return page(
    context,
    associations.find((found) => isWanted(found) && isOfType(context, found) && (lifecycle === null || found.lifecycle === lifecycle)),
  );
}

function isOfType({ query }: RouteContext, { resourceType, associationType }: Association): boolean {
  const types = query.getAll("associationType");
  return resourceType === (query.get("resourceType") || "topic") && (types.length === 0 || types.includes(associationType));
}

function create(context: RouteContext, { replaces }: { readonly replaces: boolean }): unknown {
  const { associations, parameters } = context;
  const body = asObject(context.body);
  const resourceName = text(body, "resourceName");
  const resourceNamespace = text(body, "resourceNamespace");
  const resourceId = text(body, "resourceId", parameters["resource"]);
  const resourceType = text(body, "resourceType", "topic");
  const wanted = body["associations"];
  if (!Array.isArray(wanted) || wanted.length === 0) throw problems.invalidAssociation("associations", "cannot be null or empty");
  // No conflict leaves half of a request behind.
  const made = wanted.map((item) => {
    const info = asObject(item);
    const associationType = text(info, "associationType", "value");
    const subject = checkedSubject(text(info, "subject", `:.${resourceNamespace}:${resourceName}-${associationType}`));
    const before = associations.get(resourceId, resourceType, associationType);
    if (before !== undefined && before.subject !== subject) {
      if (!replaces) throw problems.associationExists(associationType, resourceId);
      if (before.frozen) throw problems.associationFrozen(associationType, before.subject);
    }
    const lifecycle = info["lifecycle"] === "WEAK" ? "WEAK" : "STRONG";
    const guid = createHash("md5")
      .update(JSON.stringify([resourceId, resourceType, associationType]))
      .digest("hex");
    const frozen = info["frozen"] === true;
    return {
      info,
      association: {
        subject,
        guid,
        resourceName,
        resourceNamespace,
        resourceId,
        resourceType,
        associationType,
        lifecycle,
        frozen,
      } as const,
    };
  });
  for (const { info, association } of made) {
    const { subject } = association;
    if (info["schema"] !== undefined && info["schema"] !== null) {
      const submitted = submittedSchema(context.store, subject, info["schema"]);
      registerSchema(context, subject, submitted, {
        normalize: info["normalize"] === true,
        incompatibleErrorCode: context.incompatibleErrorCode,
      });
    } else if (context.store.versions(subject).length === 0) throw problems.noActiveVersion(subject);
    associations.put(association);
  }
  const answered = made.map(({ info, association: { subject, associationType, lifecycle, frozen } }) => {
    return { subject, associationType, lifecycle, frozen, ...(info["schema"] === undefined ? {} : { schema: info["schema"] }) };
  });
  return { resourceName, resourceNamespace, resourceId, resourceType, associations: answered };
}

function remove(context: RouteContext): unknown {
  const { associations, store, parameters } = context;
  const gone = associations.find((found) => found.resourceId === parameters["resource"] && isOfType(context, found));
  for (const association of gone) {
    if (association.lifecycle === "STRONG" && flag(context, "cascadeLifecycle"))
      for (const version of store.versions(association.subject)) version.isDeleted = true;
    associations.delete(association);
  }
  return undefined;
}

function text(body: JsonObject, property: string, fallback?: string): string {
  const value = body[property] ?? fallback;
  if (typeof value !== "string" || value === "") throw problems.invalidAssociation(property, "cannot be null or empty");
  return value;
}
