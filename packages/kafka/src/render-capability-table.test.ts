import { expect, test } from "vitest";
import { ScriptedDriver } from "../test/support/scripted-driver.ts";
import { renderCapabilityTable } from "./index.ts";

test("the table has one line per capability and one column per driver", () => {
  const plain = new ScriptedDriver().capabilities;
  const limited = {
    ...new ScriptedDriver(["transactions"]).capabilities,
    "compression-zstd": { support: "emulated", how: "our codec" } as const,
  };
  const lines = renderCapabilityTable([
    { driver: "plain", capabilities: plain },
    { driver: "limited", capabilities: limited },
  ]).split("\n");
  expect(lines).toHaveLength(2 + Object.keys(plain).length);
  expect(lines.slice(0, 3)).toEqual(["| capability | plain | limited |", "| --- | --- | --- |", "| produce | native | native |"]);
  expect(lines).toContain("| compression-zstd | native | emulated: our codec |");
  expect(lines).toContain("| transactions | native | refused (`CAPABILITY_REFUSED`): the test says so |");
});
