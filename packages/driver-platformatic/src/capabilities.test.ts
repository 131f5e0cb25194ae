import { readFile } from "node:fs/promises";
import { renderCapabilityTable } from "@millrace/kafka";
import { expect, test } from "vitest";
import { platformaticCapabilities } from "./capabilities.ts";

test("the README shows the capability table as it is", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const shown = /<!-- capabilities -->\n([\s\S]*?)\n<!-- \/capabilities -->/.exec(readme)?.[1];
  expect(shown).toBe(renderCapabilityTable([{ driver: "platformatic", capabilities: platformaticCapabilities }]));
});
