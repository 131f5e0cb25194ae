import { type ContentForms, contentForms, decodeContent } from "./content-forms.ts";

interface ContentPattern {
  /** As issues call it. */
  readonly name: string;
  matches(forms: ContentForms): boolean;
}

const inTight = (name: string): ContentPattern => ({ name, matches: ({ tight }) => tight.includes(name) });
const inSpaced = (name: string): ContentPattern => ({ name, matches: ({ spaced }) => spaced.includes(name) });

const patterns: readonly ContentPattern[] = [
  { name: "<script..>..</script>", matches: ({ tight }) => hasScript(tight) },
  inTight("javascript:"),
  inTight("data:text/html"),
  inTight("eval("),
  inTight("exec("),
  { name: "rm -rf", matches: ({ spaced }) => hasForcedRemoval(spaced) },
  inTight("subprocess."),
  inTight("os.system"),
  inSpaced("wget "),
  inSpaced("curl "),
];

/** How often content is unwrapped: twice encoded is as far as anybody decodes. */
const mostDecodings = 3;

/**
 * The names of the dangerous patterns in a text, whatever its case, its white space, its letters' width, and its escapes (of URLs, HTML, JSON). Takes time in
 * proportion to the text's length: there is nothing in it that goes back.
 */
export function dangerousPatterns(text: string): readonly string[] {
  const found = new Set<ContentPattern>();
  let current = text;
  for (let decodings = 0; ; decodings++) {
    const forms = contentForms(current);
    for (const pattern of patterns) if (!found.has(pattern) && pattern.matches(forms)) found.add(pattern);
    if (decodings === mostDecodings) break;
    const decoded = decodeContent(current);
    if (decoded === current) break;
    current = decoded;
  }
  return patterns.filter((pattern) => found.has(pattern)).map(({ name }) => name);
}

function hasScript(tight: string): boolean {
  const start = tight.indexOf("<script");
  const end = start < 0 ? -1 : tight.indexOf(">", start);
  return end >= 0 && tight.includes("</script", end);
}

/** `rm` with both of the flags that remove everything unasked, in any order and spelling. */
function hasForcedRemoval(spaced: string): boolean {
  if (spaced.includes("rm -rf")) return true;
  for (let start = spaced.indexOf("rm -"); start >= 0; ) {
    let position = start + 3;
    let flags = "";
    // Flags that are read here are not read again from a later "rm -": it would find fewer of them.
    while (spaced[position] === "-") {
      const space = spaced.indexOf(" ", position);
      flags += flagsOf(spaced.slice(position, Math.min(space < 0 ? spaced.length : space, position + longestFlag)));
      position = space < 0 ? spaced.length : space + 1;
    }
    if (flags.includes("r") && flags.includes("f")) return true;
    start = spaced.indexOf("rm -", position - 1);
  }
  return false;
}

const longestFlag = 20;

function flagsOf(word: string): string {
  if (word.startsWith("--recursive")) return "r";
  if (word.startsWith("--force")) return "f";
  return /^-([dfirv]+)(?![a-z])/.exec(word)?.[1] ?? "";
}
