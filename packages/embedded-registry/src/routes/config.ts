import { type CompatibilityLevel, compatibilityLevels } from "@millrace/schema-compatibility";
import { problems } from "../api-problem.ts";
import { flag, type Route, type RouteContext, subjectOf } from "../route.ts";
import { asObject } from "../submitted-schema.ts";

/** Compatibility levels and modes. */
export const configRoutes: readonly Route[] = [
  { method: "GET", path: "config", handle: ({ store }) => ({ compatibilityLevel: store.globalLevel }) },
  {
    method: "PUT",
    path: "config",
    handle: (context) => {
      context.store.globalLevel = submittedLevel(context);
      return { compatibility: context.store.globalLevel };
    },
  },
  {
    method: "DELETE",
    path: "config",
    handle: ({ store }) => {
      const compatibilityLevel = store.globalLevel;
      store.globalLevel = "BACKWARD";
      return { compatibilityLevel };
    },
  },
  { method: "GET", path: "config/:subject", handle: getLevel },
  {
    method: "PUT",
    path: "config/:subject",
    handle: (context) => {
      const level = submittedLevel(context);
      context.store.levels.set(subjectOf(context), level);
      return { compatibility: level };
    },
  },
  { method: "DELETE", path: "config/:subject", handle: deleteLevel },
  { method: "GET", path: "mode", handle: () => ({ mode: "READWRITE" }) },
  {
    method: "GET",
    path: "mode/:subject",
    handle: (context) => {
      if (!flag(context, "defaultToGlobal")) throw problems.noSubjectMode(subjectOf(context));
      return { mode: "READWRITE" };
    },
  },
];

function getLevel(context: RouteContext): unknown {
  const { store } = context;
  const subject = subjectOf(context);
  const level = store.levels.get(subject) ?? (flag(context, "defaultToGlobal") ? store.globalLevel : undefined);
  if (level === undefined) throw problems.noSubjectLevel(subject);
  return { compatibilityLevel: level };
}

function deleteLevel(context: RouteContext): unknown {
  const { store } = context;
  const subject = subjectOf(context);
  const level = store.levels.get(subject);
  if (level === undefined) throw problems.subjectNotFound(subject);
  store.levels.delete(subject);
  return { compatibilityLevel: level };
}

function submittedLevel({ body }: RouteContext): CompatibilityLevel {
  const { compatibility } = asObject(body);
  const wanted = typeof compatibility === "string" ? compatibility.toUpperCase() : "";
  const level = compatibilityLevels.find((known) => known === wanted);
  if (level === undefined) throw problems.invalidLevel();
  return level;
}
