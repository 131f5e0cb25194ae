import { compatibilityLevels } from "@millrace/schema-compatibility";
import { problems } from "../api-problem.ts";
import type { Config } from "../registry-settings.ts";
import { checkedSubject, flag, type Route, type RouteContext, requireWritable, subjectOf } from "../route.ts";
import type { JsonObject } from "../schema-content.ts";
import { asObject, optionalObject } from "../submitted-schema.ts";

/** Settings of the registry and of subjects. */
export const configRoutes: readonly Route[] = [
  { method: "GET", path: "config", handle: ({ settings }) => settings.configInForce(undefined) },
  { method: "PUT", path: "config", handle: (context) => put(context, undefined) },
  {
    method: "DELETE",
    path: "config",
    handle: (context) => {
      const deleted = context.settings.configInForce(undefined);
      requireWritable(context, undefined);
      context.settings.deleteConfig(undefined);
      return deleted;
    },
  },
  { method: "GET", path: "config/:subject", handle: getConfig },
  { method: "PUT", path: "config/:subject", handle: (context) => put(context, subjectOf(context)) },
  { method: "DELETE", path: "config/:subject", handle: deleteConfig },
];

function getConfig(context: RouteContext): unknown {
  const { settings } = context;
  const subject = subjectOf(context);
  const config = flag(context, "defaultToGlobal") ? settings.configInForce(subject) : settings.config(subject);
  if (config === undefined) throw problems.noSubjectLevel(subject);
  return config;
}

function deleteConfig(context: RouteContext): unknown {
  const { settings } = context;
  const subject = subjectOf(context);
  requireWritable(context, subject);
  const config = settings.config(subject);
  if (config === undefined) throw problems.subjectNotFound(subject);
  settings.deleteConfig(subject);
  return config;
}

/** What is not in the body stays as it was; null takes a setting back. */
function put(context: RouteContext, scope: string | undefined): unknown {
  const { settings } = context;
  const body = asObject(context.body);
  const changes = readConfig(body);
  requireWritable(context, scope);
  const before = settings.config(scope) ?? {};
  const after = Object.entries({ ...before, ...changes }).filter(([, value]) => value !== null);
  settings.setConfig(scope, Object.fromEntries(after));
  const { compatibilityLevel, ...others } = changes;
  return { ...(compatibilityLevel === undefined ? {} : { compatibility: compatibilityLevel }), ...others };
}

const flags = ["normalize", "validateFields", "validateNames", "validateRules"];
const texts = ["alias", "compatibilityGroup", "compatibilityPolicy"];
const objects = ["defaultMetadata", "overrideMetadata", "defaultRuleSet", "overrideRuleSet"];

function readConfig(body: JsonObject): Config {
  const config: Record<string, unknown> = {};
  const { compatibility, compatibilityLevel = compatibility } = body;
  if (compatibilityLevel !== undefined) {
    const wanted = typeof compatibilityLevel === "string" ? compatibilityLevel.toUpperCase() : "";
    const level = compatibilityLevel === null ? null : compatibilityLevels.find((known) => known === wanted);
    if (level === undefined) throw problems.invalidLevel();
    config["compatibilityLevel"] = level;
  }
  const take = (names: readonly string[], type: "boolean" | "string"): void => {
    for (const name of names) {
      const value = body[name];
      if (value === undefined) continue;
      if (value !== null && typeof value !== type) throw problems.badRequest(`"${name}" must be a ${type}`);
      config[name] = value;
    }
  };
  take(flags, "boolean");
  take(texts, "string");
  if (typeof config["alias"] === "string") config["alias"] = checkedSubject(config["alias"]);
  for (const name of objects) if (body[name] !== undefined) config[name] = optionalObject(name, body[name]) ?? null;
  return config;
}
