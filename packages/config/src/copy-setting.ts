/** What all settings of a source may hold together: more is no configuration, and checking it would take long. */
export const mostItems = 10_000;
export const mostCharacters: number = 128 * 1024;
const mostDepth = 64;

/** What a setting breaks that `CopySetting` refuses. */
export const tooLarge: string = `is too large, or never ends: a source may hold ${mostItems} values and ${mostCharacters} characters, ${mostDepth} levels deep`;

/**
 * A copy of a setting's value that nobody else holds: lists and plain objects are copied, anything else is taken as it is. Undefined when the source holds too
 * much. Throws only what reading the value throws.
 */
export type CopySetting = (value: unknown) => { readonly copy: unknown } | undefined;

/** Makes the function for the settings of one source. */
export function createCopySetting(): CopySetting {
  let items = mostItems;
  let characters = mostCharacters;
  const isLeft = (): boolean => items >= 0 && characters >= 0;

  const copyOf = (value: unknown, depth: number): unknown => {
    items--;
    if (typeof value === "string") characters -= value.length;
    if (typeof value !== "object" || value === null || !isPlain(value)) return value;
    if (depth === 0) items = -1;
    if (Array.isArray(value)) {
      if (value.length > items) items = -1;
      const list: unknown[] = [];
      for (let index = 0; index < value.length && isLeft(); index++) list.push(copyOf(value[index], depth - 1));
      return list;
    }
    const entries: [string, unknown][] = [];
    for (const name of Object.keys(value)) {
      characters -= name.length;
      if (!isLeft()) break;
      entries.push([name, copyOf((value as Record<string, unknown>)[name], depth - 1)]);
    }
    // Unlike an assignment, this cannot reach a prototype, whatever the names are.
    return Object.fromEntries(entries);
  };

  return (value) => {
    const copy = copyOf(value, mostDepth);
    return isLeft() ? { copy } : undefined;
  };
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}
