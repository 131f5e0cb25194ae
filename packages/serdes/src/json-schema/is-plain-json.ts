/**
 * Whether a value is exactly what its JSON text says, so that it can be checked in place of it: plain objects and arrays, no `toJSON`, nothing that is
 * left out or turned into null.
 */
export function isPlainJson(value: unknown): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value);
    case "object":
      return value === null || (Array.isArray(value) ? value.every(isPlainJson) && isDense(value) : isPlainObject(value));
    default:
      return false;
  }
}

/** `every` passes over holes, which JSON writes as null. */
function isDense(array: readonly unknown[]): boolean {
  for (let index = 0; index < array.length; index++) if (!(index in array)) return false;
  return (array as { toJSON?: unknown }).toJSON === undefined;
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  if ("toJSON" in value) return false;
  for (const key of Object.keys(value)) if (!isPlainJson((value as Record<string, unknown>)[key])) return false;
  return true;
}
