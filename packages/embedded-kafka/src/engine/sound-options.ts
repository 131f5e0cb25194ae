/** What an option can be. */
export type OptionKind = "boolean" | "number" | "string" | "function" | "object" | "list";

/** Which options there are, and what each one is. */
export type OptionShape<Options> = Readonly<Record<keyof Options, OptionKind>>;

/** The options that can be what they say, and what is wrong with the others. */
export interface SoundOptions<Options> {
  readonly sound: Partial<Options>;
  readonly problems: readonly string[];
}

const written: Readonly<Record<OptionKind, string>> = {
  boolean: "true or false",
  number: "a number",
  string: "a text",
  function: "a function",
  object: "an object",
  list: "a list",
};
/** Shorter beginnings in common mean nothing. */
const shortestLikeness = 4;

/**
 * Tells options from what is none, and from what is one of another type: programs without types give anything. `where` is the way to them,
 * such as `groups`, for the problems' sake.
 */
export function soundOptions<Options extends object>(given: unknown, shape: OptionShape<Options>, where = ""): SoundOptions<Options> {
  if (kindOf(given) !== "object")
    return { sound: {}, problems: [`${where === "" ? "the options" : where} must be an object, not ${textOf(given)}`] };
  const problems: string[] = [];
  const sound: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given as object)) {
    const kind = Object.hasOwn(shape, name) ? shape[name as keyof Options] : undefined;
    const path = where === "" ? name : `${where}.${name}`;
    if (kind === undefined) problems.push(`${path} is not an option${hint(name, Object.keys(shape))}`);
    else if (value !== undefined && kindOf(value) !== kind) problems.push(`${path} must be ${written[kind]}, not ${textOf(value)}`);
    else sound[name] = value;
  }
  return { sound: sound as Partial<Options>, problems };
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "list";
  return value === null ? "null" : typeof value;
}

function textOf(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  return typeof value === "function" ? "a function" : String(value);
}

function hint(name: string, known: readonly string[]): string {
  const likeness = (other: string): number => {
    let same = 0;
    while (same < other.length && other[same]!.toLowerCase() === name[same]?.toLowerCase()) same++;
    return same;
  };
  const [best = ""] = known.toSorted((left, right) => likeness(right) - likeness(left));
  return likeness(best) >= shortestLikeness ? `; perhaps ${best} is meant` : "";
}
