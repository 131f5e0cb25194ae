import { defaultContext, parseSubject } from "./qualified-subject.ts";

/** Which subjects a `subjectPrefix` asks for: those of one context, or with `:*:`, which is what a list asks for by default, those of all. */
export function subjectFilter(prefix: string | null): (subject: string) => boolean {
  if (prefix === null) return () => true;
  const everywhere = prefix.startsWith(":*:");
  const wanted = everywhere ? { context: defaultContext, name: prefix.slice(3) } : parseSubject(prefix);
  return (subject) => {
    const { context, name } = parseSubject(subject);
    return (everywhere || context === wanted.context) && name.startsWith(wanted.name);
  };
}
