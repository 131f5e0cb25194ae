import { contextNamed, defaultContext, qualifiedWithin, spellSubject } from "./qualified-subject.ts";

/** Endpoints whose second or third segment is a subject. */
const subjectAt: Readonly<Record<string, number>> = { subjects: 1, config: 1, mode: 1, compatibility: 2 };

/**
 * `/contexts/orders/subjects/refunds` is `/subjects/:.orders:refunds`: takes the prefix from a path, and puts the context into whatever names a subject, in the
 * path or in the query, which is changed in place.
 */
export function withinContext(segments: readonly string[], query: URLSearchParams): readonly string[] {
  const [first, name, ...rest] = segments;
  if (first !== "contexts" || name === undefined || rest.length === 0) return segments;
  const context = contextNamed(name);
  const endpoint = rest[0]!;
  const prefix = context === defaultContext ? "" : spellSubject({ context, name: "" });
  const parameter = endpoint === "schemas" && rest[1] !== undefined ? "subject" : "subjectPrefix";
  query.set(parameter, qualifiedWithin(context, query.get(parameter) ?? ""));
  const at = subjectAt[endpoint];
  if (at === undefined) return rest;
  if (rest[at] === undefined) return (endpoint === "config" || endpoint === "mode") && prefix !== "" ? [endpoint, prefix] : rest;
  return rest.map((segment, index) => (index === at ? qualifiedWithin(context, segment) : segment));
}
