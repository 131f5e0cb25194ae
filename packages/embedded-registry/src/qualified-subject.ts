/** The context of subjects that name none. */
export const defaultContext = ".";

/** `:.orders:refunds` is subject `refunds` of context `.orders`; a name without such a beginning is of the default context. */
export interface QualifiedSubject {
  readonly context: string;
  readonly name: string;
}

/** Takes a subject apart. */
export function parseSubject(subject: string): QualifiedSubject {
  const [, context, name] = /^:(\.[^:]*):(.*)$/s.exec(subject) ?? [];
  return context === undefined || name === undefined ? { context: defaultContext, name: subject } : { context, name };
}

/** The one spelling of a subject: without the default context, with any other. */
export function spellSubject({ context, name }: QualifiedSubject): string {
  return context === defaultContext ? name : `:${context}:${name}`;
}

/** `orders`, `.orders` and `:.orders:` are the same context. */
export function contextNamed(text: string): string {
  const bare = text.replace(/^:(.*):$/s, "$1");
  return bare.startsWith(".") ? bare : `.${bare}`;
}

/** The context of a subject. */
export function contextOf(subject: string): string {
  return parseSubject(subject).context;
}

/** A subject that names no context is of the given one. */
export function qualifiedWithin(context: string, subject: string): string {
  const parsed = parseSubject(subject);
  return spellSubject(parsed.context === defaultContext && !subject.startsWith(":.:") ? { context, name: parsed.name } : parsed);
}
