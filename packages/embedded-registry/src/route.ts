import { problems } from "./api-problem.ts";
import type { AssociationTable } from "./association-table.ts";
import { parseSubject, spellSubject } from "./qualified-subject.ts";
import type { RegistrySettings } from "./registry-settings.ts";
import type { RegistryStore, SubjectVersion } from "./registry-store.ts";

/** What a route's handler works on. */
export interface RouteContext {
  readonly store: RegistryStore;
  readonly settings: RegistrySettings;
  readonly associations: AssociationTable;
  readonly incompatibleErrorCode: number;
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

/** One endpoint. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Segments joined by `/`; those that start with `:` are parameters. */
  readonly path: string;
  /** Returns the body of a 200, a `RawText`, or undefined for a 204; throws an ApiProblem for everything else. */
  handle(context: RouteContext): unknown;
}

/** A body that is written as it is, not as JSON. */
export class RawText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** The subject of the path, in its one spelling. */
export function subjectOf({ parameters }: RouteContext): string {
  return checkedSubject(parameters["subject"] ?? "");
}

/** The subject of the path, or the one that it is an alias of. */
export function aliasedSubjectOf(context: RouteContext): string {
  const subject = subjectOf(context);
  return context.settings.config(subject)?.alias ?? subject;
}

/**
 * A subject in its one spelling.
 * @throws ApiProblem 42208
 */
export function checkedSubject(subject: string): string {
  const hasControlCharacter = Array.from(subject).some((character) => character < " " || (character >= "\u007f" && character <= "\u009f"));
  const parsed = parseSubject(subject);
  if (parsed.name === "__GLOBAL" || parsed.name === "__EMPTY" || hasControlCharacter) throw problems.invalidSubject(subject);
  return spellSubject(parsed);
}

/** Whether a query parameter says true. */
export function flag({ query }: RouteContext, name: string): boolean {
  return query.get(name)?.toLowerCase() === "true";
}

/** The part of a list that `offset` and `limit` ask for. */
export function page<T>({ query }: RouteContext, items: readonly T[]): readonly T[] {
  const offset = Math.max(0, Number(query.get("offset") ?? 0) || 0);
  const limit = Number(query.get("limit") ?? -1);
  return items.slice(offset, limit > 0 ? offset + limit : undefined);
}

/** Whether a list that asks with `deleted` and `deletedOnly` holds something. */
export function isListed(context: RouteContext, isDeleted: boolean): boolean {
  return flag(context, "deletedOnly") ? isDeleted : !isDeleted || flag(context, "deleted");
}

/** The version that the path names, deleted ones only when `withDeleted` says so; the latest one is never a deleted one. */
export function versionOf(context: RouteContext, options: { readonly withDeleted: boolean }): SubjectVersion {
  const { store } = context;
  const subject = aliasedSubjectOf(context);
  const wanted = parseVersion(context.parameters["version"] ?? "");
  const live = store.versions(subject);
  const candidates = options.withDeleted ? store.allVersions(subject) : live;
  if (candidates.length === 0) throw problems.subjectNotFound(subject);
  const found = wanted === "latest" ? live.at(-1) : candidates.find(({ version }) => version === wanted);
  if (found === undefined) throw problems.versionNotFound(wanted === "latest" ? -1 : wanted);
  return found;
}

/** 1 to 2^31 - 1, `latest`, or -1, which means the same. */
export function parseVersion(text: string): number | "latest" {
  if (text === "latest" || text === "-1") return "latest";
  const version = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  if (version < 1 || version > 2 ** 31 - 1) throw problems.invalidVersion(text);
  return version;
}

/**
 * Lets a change of a subject pass, unless the mode in force forbids it.
 * @throws ApiProblem 42205
 */
export function requireWritable({ settings }: RouteContext, subject: string | undefined): void {
  const mode = settings.modeInForce(subject);
  if (mode === "READONLY" || mode === "READONLY_OVERRIDE")
    throw problems.notPermitted(subject === undefined ? "The registry is in read-only mode" : `Subject ${subject} is in read-only mode`);
}
