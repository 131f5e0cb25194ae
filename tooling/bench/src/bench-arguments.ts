/** What to measure and how to print it. */
export interface BenchArguments {
  readonly area: string;
  /** One JSON object on stdout instead of a table. */
  readonly json: boolean;
  /** The embedded broker instead of Apache Kafka, where the area may have it. */
  readonly embedded: boolean;
  /** Rounds that count, after the ones that warm up. */
  readonly rounds: number;
}

/** Arguments, or one sentence about what is wrong with them. */
export type ParsedBenchArguments = { readonly ok: true; readonly value: BenchArguments } | { readonly ok: false; readonly problem: string };

const usage = "pnpm bench <area> [--json] [--rounds N] [--embedded]";

/** Fewer rounds make a median that depends on luck. */
const fewestRounds = 15;

function parseRounds(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,6}$/.test(text)) return undefined;
  const rounds = Number(text);
  return rounds >= fewestRounds ? rounds : undefined;
}

/** Reads `<area> [--json] [--rounds N] [--embedded]`, in any order. */
export function parseBenchArguments(words: readonly string[], areaNames: readonly string[]): ParsedBenchArguments {
  const known = `the areas are ${areaNames.join(", ")}`;
  const refuse = (problem: string): ParsedBenchArguments => ({ ok: false, problem });
  let area: string | undefined;
  let json = false;
  let embedded = false;
  let rounds = fewestRounds;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (word === "--json") json = true;
    else if (word === "--embedded") embedded = true;
    else if (word === "--rounds" || word.startsWith("--rounds=")) {
      const text = word === "--rounds" ? words[++at] : word.slice("--rounds=".length);
      const parsed = parseRounds(text);
      if (parsed === undefined) return refuse(`--rounds takes a number of at least ${fewestRounds}, not ${text ?? "nothing"}.`);
      rounds = parsed;
    } else if (word.startsWith("-")) return refuse(`Unknown option ${word}: ${usage}, ${known}.`);
    else if (area !== undefined) return refuse(`One area at a time, not ${area} and ${word}.`);
    else area = word;
  }
  if (area === undefined) return refuse(`Which area? ${usage}, ${known}.`);
  if (!areaNames.includes(area)) return refuse(`Unknown area ${area}: ${known}.`);
  return { ok: true, value: { area, json, embedded, rounds } };
}
