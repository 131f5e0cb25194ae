/** A text in the forms in which patterns are looked for: lower case, usual letters. */
export interface ContentForms {
  /** Each run of white space and control characters is one space. */
  readonly spaced: string;
  /** Without white space and control characters, which browsers and compilers skip. */
  readonly tight: string;
}

// Letters, signs and spaces that stand for others: full and half width, mathematical, in circles, raised.
const otherForms =
  /[\u00a0\u00aa\u00b2\u00b3\u00b9\u00ba\u017f\u02b0-\u02b8\u1d2c-\u1d6a\u2000-\u200a\u202f\u205f\u2070-\u209c\u2100-\u214f\u2160-\u217f\u2460-\u24ff\u3000\ufe10-\ufe6f\uff01-\uff65]+|(?:\ud835[\udc00-\udfff])+|(?:\ud83c[\udd00-\uddff])+/g;

/** The forms of a text. Takes time in proportion to its length: only characters that do not combine with others are normalized, so their order is never sorted. */
export function contentForms(text: string): ContentForms {
  const isAscii = !/\P{ASCII}/u.test(text);
  const usual = isAscii
    ? text
    : text.replaceAll(/\p{Default_Ignorable_Code_Point}/gu, "").replaceAll(otherForms, (run) => run.normalize("NFKC"));
  const spaced = usual.toLowerCase().replaceAll(/[\s\p{Cc}]+/gu, " ");
  return { spaced, tight: spaced.replaceAll(" ", "") };
}

const escapes =
  /%[0-9a-f]{2}|\\u[0-9a-f]{4}|\\u\{[0-9a-f]{1,8}\}|\\x[0-9a-f]{2}|\\.|&#x[0-9a-f]{1,8};?|&#[0-9]{1,8};?|&(?:amp|lt|gt|lpar|colon|sol|tab|newline|nbsp|quot|apos|period);/gis;
const namedEntities: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["lpar", "("],
  ["colon", ":"],
  ["sol", "/"],
  ["tab", "\t"],
  ["newline", "\n"],
  ["nbsp", " "],
  ["quot", '"'],
  ["apos", "'"],
  ["period", "."],
]);

/** Takes one layer of escapes off: `%3c`, `\u003c`, `\x3c`, `\/`, `&#60;`, `&lt;`. */
export function decodeContent(text: string): string {
  return text.replaceAll(escapes, (found) => {
    if (found.startsWith("%")) return character(found.slice(1), 16);
    if (found.startsWith("&#")) {
      const isHex = found[2] === "x" || found[2] === "X";
      return character(found.slice(isHex ? 3 : 2).replace(";", ""), isHex ? 16 : 10);
    }
    if (found.startsWith("&")) return namedEntities.get(found.slice(1, -1).toLowerCase()) ?? found;
    if (found.length > 2) return character(found.slice(2).replaceAll(/[{}]/g, ""), 16);
    return { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f", v: "\v", 0: "\0" }[found.slice(1)] ?? found.slice(1);
  });
}

function character(digits: string, radix: number): string {
  const code = Number.parseInt(digits, radix);
  return code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
}
