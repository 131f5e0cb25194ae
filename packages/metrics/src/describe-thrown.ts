/** What can be said of something that was thrown, whatever it is: it may be no error, and looking at it may throw, too. */
export function describeThrown(thrown: unknown): { readonly message: string; readonly stack: string | undefined } {
  try {
    if (!(thrown instanceof Error)) return { message: String(thrown), stack: undefined };
    const { message, stack } = thrown as { readonly message: unknown; readonly stack: unknown };
    return { message: String(message), stack: typeof stack === "string" ? stack : undefined };
  } catch {
    return { message: "what was thrown cannot be described", stack: undefined };
  }
}
