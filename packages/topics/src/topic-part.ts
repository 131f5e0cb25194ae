/*
 * The code: letters, digits and "-" stand for themselves, "." is written "._", "_" is written "_-", any other UTF-16 unit "_hh" (up to ff) or "_uhhhh".
 * Two properties hold it in place:
 * - It stays a prefix code when a broker folds "." into "_" (its rule for colliding names), so two texts never give two names that collide.
 * - "." is always followed by "_", so a name built as `prefix + ".word." + part` is taken apart at its last ".word.", whatever the part was made from.
 */
const unescaped = /[^a-zA-Z0-9-]/g;
const escapes = /\._|_-|_[0-9a-f]{2}|_u[0-9a-f]{4}/g;

/**
 * Turns any text (a consumer group id such as `team a/billing:v2`) into characters that are legal in a topic name, and `unescapeTopicPart` turns it back.
 *
 * Different texts always give different results, also for a broker, to which `a.b` and `a_b` are the same name. Letters, digits and `-` stay as they are;
 * other characters of Latin-1 take 3 characters, the rest 6 per UTF-16 unit. The length is not limited: check the whole name with `checkTopicName`.
 */
export function escapeTopicPart(text: string): string {
  return text.replace(unescaped, (unit) => {
    if (unit === ".") return "._";
    if (unit === "_") return "_-";
    const code = unit.charCodeAt(0);
    return code <= 0xff ? `_${code.toString(16).padStart(2, "0")}` : `_u${code.toString(16).padStart(4, "0")}`;
  });
}

/** The text that `escapeTopicPart` was given, or undefined when it could not have written `escaped`. */
export function unescapeTopicPart(escaped: string): string | undefined {
  const text = escaped.replace(escapes, (sequence) => {
    if (sequence === "._") return ".";
    if (sequence === "_-") return "_";
    return String.fromCharCode(Number.parseInt(sequence.slice(sequence[1] === "u" ? 2 : 1), 16));
  });
  return escapeTopicPart(text) === escaped ? text : undefined;
}
