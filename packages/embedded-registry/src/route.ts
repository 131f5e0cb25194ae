import { problems } from "./api-problem.ts";
import type { RegistryStore, SubjectVersion } from "./registry-store.ts";

/** What a route's handler works on. */
export interface RouteContext {
  readonly store: RegistryStore;
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

/** One endpoint. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Segments joined by `/`; those that start with `:` are parameters. */
  readonly path: string;
  /** Returns the body of a 200; throws an ApiProblem for everything else. */
  handle(context: RouteContext): unknown;
}

/** The subject of the path. */
export function subjectOf({ parameters }: RouteContext): string {
  const subject = parameters["subject"] ?? "";
  const hasControlCharacter = Array.from(subject).some((character) => character < " " || character === "\u007f");
  if (subject === "__GLOBAL" || subject === "__EMPTY" || hasControlCharacter) throw problems.invalidSubject(subject);
  return subject;
}

/** Whether a query parameter says true. */
export function flag({ query }: RouteContext, name: string): boolean {
  return query.get(name) === "true";
}

/** The part of a list that `offset` and `limit` ask for. */
export function page<T>({ query }: RouteContext, items: readonly T[]): readonly T[] {
  const offset = Math.max(0, Number(query.get("offset") ?? 0) || 0);
  const limit = Number(query.get("limit") ?? -1);
  return items.slice(offset, limit >= 0 ? offset + limit : undefined);
}

/** The version that the path names, deleted ones only when `deleted` says so. */
export function versionOf(context: RouteContext, options: { readonly withDeleted: boolean }): SubjectVersion {
  const subject = subjectOf(context);
  const wanted = parseVersion(context.parameters["version"] ?? "");
  const all = context.store.allVersions(subject);
  const candidates = options.withDeleted ? all : context.store.versions(subject);
  if (candidates.length === 0) throw problems.subjectNotFound(subject);
  const found = wanted === "latest" ? candidates.at(-1) : candidates.find(({ version }) => version === wanted);
  if (found === undefined) throw problems.versionNotFound(wanted);
  return found;
}

/** 1 to 2^31 - 1, `latest`, or -1, which means the same. */
export function parseVersion(text: string): number | "latest" {
  if (text === "latest" || text === "-1") return "latest";
  const version = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  if (version < 1 || version > 2 ** 31 - 1) throw problems.invalidVersion(text);
  return version;
}
