/** Kinds of failures that one instrumentation tells apart, at most: whoever names an error class after an order must not make as many series. */
const mostKinds = 50;

/** Says what kind of failure an error is, by OpenTelemetry's `error.type`: the broker's name for it, else its code, else its class, else `_OTHER`. */
export function createErrorTypes(): (error: unknown) => string {
  const known = new Set<string>();
  return (error) => {
    const type = nameOf(error);
    if (known.has(type)) return type;
    if (known.size >= mostKinds) return "_OTHER";
    known.add(type);
    return type;
  };
}

function nameOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return "_OTHER";
  try {
    const { kafkaError, code, name } = error as { readonly kafkaError?: unknown; readonly code?: unknown; readonly name?: unknown };
    for (const text of [kafkaError, code, name]) if (typeof text === "string" && /^[\w.$-]{1,100}$/.test(text)) return text;
  } catch {
    // A getter of whoever threw it.
  }
  return "_OTHER";
}
