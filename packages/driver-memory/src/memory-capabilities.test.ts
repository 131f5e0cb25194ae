import { readFileSync } from "node:fs";
import { renderCapabilityTable } from "@millrace/kafka";
import { expect, test } from "vitest";
import { memoryCapabilities } from "./memory-capabilities.ts";

test("the README shows the capability table as it is", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  expect(readme).toContain(renderCapabilityTable([{ driver: "memory", capabilities: memoryCapabilities }]));
});
