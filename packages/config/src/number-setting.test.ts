import { expect, test } from "vitest";
import { z } from "zod";
import { type ConfigSection, defineSection } from "./config-section.ts";
import { loadConfig, safeLoadConfig } from "./load-config.ts";
import { anyNumber, wholeNumber } from "./number-setting.ts";

interface Numbers {
  readonly port?: number;
  readonly retries?: number;
  readonly share: number;
}
const numbers: ConfigSection<Numbers, "numbers"> = defineSection({
  name: "numbers",
  schema: z.strictObject({
    port: wholeNumber({ least: 1, most: 65_535 }, "a port").exactOptional(),
    retries: wholeNumber({ least: 0, mayBeInfinite: true }, "how often").exactOptional(),
    share: anyNumber({ least: 0, most: 1 }, "a share").default(0.5),
  }),
});
const sections = [numbers] as const;

test.each([
  [{}, { share: 0.5 }],
  [
    { port: 1, retries: 0, share: 0 },
    { port: 1, retries: 0, share: 0 },
  ],
  [
    { port: 65_535, retries: Number.POSITIVE_INFINITY, share: 1 },
    { port: 65_535, retries: Number.POSITIVE_INFINITY, share: 1 },
  ],
])("%j is within bounds", (object, expected) => {
  expect(loadConfig({ sections, object: { numbers: object }, environment: {} }).numbers).toEqual(expected);
});

test.each([
  ["port", 0, "a whole number from 1 to 65535"],
  ["port", 65_536, "a whole number from 1 to 65535"],
  ["port", 1.5, "a whole number from 1 to 65535"],
  ["port", Number.POSITIVE_INFINITY, "a whole number from 1 to 65535"],
  ["port", Number.NaN, "a whole number from 1 to 65535"],
  ["port", "1", "a whole number from 1 to 65535"],
  ["retries", -1, 'a whole number of at least 0, or "infinity"'],
  ["retries", Number.NEGATIVE_INFINITY, 'a whole number of at least 0, or "infinity"'],
  ["retries", "endless", 'a whole number of at least 0, or "infinity"'],
  ["share", 1.1, "a number from 0 to 1"],
  ["share", Number.POSITIVE_INFINITY, "a number from 0 to 1"],
])("%s %s is outside its bounds", (name, value, bounds) => {
  const { errors } = safeLoadConfig({ sections, object: { numbers: { [name]: value } }, environment: {} });
  expect(errors).toEqual([expect.objectContaining({ path: `numbers.${name}`, rule: `must be ${bounds}` })]);
});

test("the environment writes numbers as text, and infinity as a word", () => {
  const environment = { KAFKA_NUMBERS_PORT: " 80 ", KAFKA_NUMBERS_RETRIES: "Infinity", KAFKA_NUMBERS_SHARE: "0.25" };
  expect(loadConfig({ sections, environment }).numbers).toEqual({ port: 80, retries: Number.POSITIVE_INFINITY, share: 0.25 });
  expect(loadConfig({ sections, environment: { KAFKA_NUMBERS_RETRIES: "7" } }).numbers.retries).toBe(7);
});

test("bounds are told to editors", () => {
  expect(numbers.jsonSchema["properties"]).toEqual({
    port: { description: "a port", type: "integer", minimum: 1, maximum: 65_535 },
    retries: { description: "how often", anyOf: [{ type: "integer" }, { const: "infinity" }], minimum: 0 },
    share: { description: "a share", type: "number", minimum: 0, maximum: 1, default: 0.5 },
  });
});
