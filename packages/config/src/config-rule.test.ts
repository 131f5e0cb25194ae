import { expect, test } from "vitest";
import { z } from "zod";
import { defineRule } from "./config-rule.ts";
import { type ConfigSection, defineSection } from "./config-section.ts";
import { safeLoadConfig } from "./load-config.ts";

interface Rate {
  readonly rate: number;
}

const schema = z.strictObject({ rate: z.number("must be a number").default(7) });
const job: ConfigSection<Rate, "job"> = defineSection({ name: "job", schema, presets: { slow: { rate: 1 } } });
const other: ConfigSection<Rate, "other"> = defineSection({ name: "other", schema });

const sameRate = defineRule([job, other], function* ({ job: { rate } = {}, other: { rate: otherRate } = {} }) {
  if (rate !== undefined && otherRate !== undefined && rate !== otherRate) yield { path: "job.rate", message: "must be that of other" };
  if (otherRate === 0) yield { path: "other.rate", message: "stops everything", severity: "warning" };
});
const nowhere = defineRule([job], () => [{ path: "third.rate", message: "is not there" }]);
const rules = [sameRate];

function problemsOf(options: Parameters<typeof safeLoadConfig>[0]): readonly string[] {
  return safeLoadConfig({ environment: {}, ...options }).errors.map(({ path, rule }) => `${path}: ${rule}`);
}

test("a rule over several sections sees settings of all sources and defaults of all its sections", () => {
  expect(problemsOf({ sections: [job, other], rules })).toEqual([]);
  expect(problemsOf({ sections: [job, other], rules, preset: "slow" })).toEqual(["job.rate: must be that of other"]);
  const { errors } = safeLoadConfig({ sections: [job, other], rules, environment: { KAFKA_JOB_RATE: "2" } });
  expect(errors).toEqual([
    { path: "job.rate", source: "environment KAFKA_JOB_RATE", value: "2", rule: "must be that of other", advice: undefined },
  ]);
});

test("a rule is skipped where one of its sections is not loaded", () => {
  expect(problemsOf({ sections: [job], rules, preset: "slow" })).toEqual([]);
  expect(problemsOf({ sections: [other], rules: [nowhere] })).toEqual([]);
});

test("a rule may warn, and may speak of a setting that is nowhere", () => {
  const zeros = { KAFKA_JOB_RATE: "0", KAFKA_OTHER_RATE: "0" };
  const { is_valid, warnings } = safeLoadConfig({ sections: [job, other], rules, environment: zeros });
  expect([is_valid, warnings]).toEqual([true, [{ path: "other.rate", message: "stops everything" }]]);
  expect(problemsOf({ sections: [job], rules: [nowhere] })).toEqual(["third.rate: is not there"]);
});

test("a rule does not see wrong settings", () => {
  const environment = { KAFKA_JOB_RATE: "2", KAFKA_OTHER_RATE: "x" };
  expect(problemsOf({ sections: [job, other], rules, environment })).toEqual(["other.rate: must be a number"]);
});
