import { fileURLToPath } from "node:url";
import { runAvroJava } from "@millrace/cluster";
import { expect, test } from "vitest";
import { checkCompatibility, InvalidSchemaError } from "../src/index.ts";
import { avroPair } from "./avro-pairs.ts";

const program = fileURLToPath(new URL("java/AvroVerdicts.java", import.meta.url));
const firstSeed = 1;
const pairCount = 5_000;

/** Our reasons as Java's are printed: `TYPE location`, or the problem of a schema that is not valid. */
function ownVerdict([reader, writer]: readonly [string, string]): { reasons: readonly string[] } | { invalid: string } {
  try {
    const { incompatibilities } = checkCompatibility({ type: "AVRO", schema: reader, previous: [writer], level: "BACKWARD" });
    return { reasons: incompatibilities.map(({ type, path }) => `${type} ${path}`) };
  } catch (error) {
    if (InvalidSchemaError.is(error)) return { invalid: error.message };
    throw error;
  }
}

const typesOf = (reasons: readonly string[]): string =>
  [...new Set(reasons.map((reason) => reason.split(" ", 1)[0]!))].toSorted((one, other) => (one < other ? -1 : 1)).join(", ");

test("5,000 generated pairs of Avro schemas get the verdict and the types of reasons that Avro 1.12 for Java gives", {
  timeout: 900_000,
}, async () => {
  const pairs = Array.from({ length: pairCount }, (_, index) => avroPair(firstSeed + index));
  const java = await runAvroJava(
    program,
    pairs.map(([reader, writer]) => `${reader}\t${writer}`),
  );
  const seen = { compatible: 0, incompatible: 0, invalid: 0, otherPaths: 0 };
  const differences: string[] = [];
  for (const [index, pair] of pairs.entries()) {
    const own = ownVerdict(pair);
    const theirs = java[index] === "" ? [] : java[index]!.split("\t");
    const differ = (what: string): number => differences.push(`seed ${firstSeed + index}: ${what}`);
    if ("invalid" in own) {
      seen.invalid++;
      // Java's 1.12 takes what the specification forbids: a name before its definition, and a second definition inside the first.
      const isLenient = /is not defined before it is used|is defined twice/.test(own.invalid);
      if (theirs[0] !== "invalid" && !isLenient) differ(`${own.invalid}; valid for Java`);
      continue;
    }
    seen[own.reasons.length === 0 ? "compatible" : "incompatible"]++;
    if (typesOf(own.reasons) !== typesOf(theirs)) differ(`${typesOf(own.reasons)}; Java: ${typesOf(theirs)}`);
    // Where a type is met a second time, Java tells the place of the first, or one without its beginning.
    else if (own.reasons.some((reason) => !theirs.includes(reason))) seen.otherPaths++;
  }
  expect(differences).toEqual([]);
  expect(seen.compatible).toBeGreaterThan(pairCount / 4);
  expect(seen.incompatible).toBeGreaterThan(pairCount / 4);
  expect(seen.invalid).toBeLessThan(pairCount / 5);
  expect(seen.otherPaths).toBeLessThan(pairCount / 500);
});
