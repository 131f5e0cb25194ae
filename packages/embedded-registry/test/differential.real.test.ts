import { randomBytes } from "node:crypto";
import { expect, inject, test } from "vitest";
import { apicurioDifferences } from "./differential/apicurio-differences.ts";
import { play } from "./differential/play.ts";
import { scenarios } from "./differential/scenarios.ts";

test.each(scenarios)("$name: the real registry answers as Confluent documents, but for what is listed", async (scenario) => {
  const listed = apicurioDifferences[scenario.name] ?? {};
  const played = await play(inject("registryUrl"), scenario, `own${randomBytes(5).toString("hex")}`);
  const answered = played.map(({ step: { does }, outcome: { message: _message, ...outcome } }) => ({ does, ...outcome }));
  expect(answered).toEqual(scenario.steps.map(({ does, documented }) => ({ does, ...(listed[does]?.outcome ?? documented) })));
  for (const [does, { differs }] of Object.entries(listed)) console.log(`${scenario.name}, ${does}: ${differs}`);
});
